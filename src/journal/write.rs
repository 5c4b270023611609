//! What is written, and by which statements.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Result, params};
use serde_json::Value;

use super::record::{Accepted, End, NewBatch, NewLaunch};
use super::stored::Stored;
use crate::core::event::{Event, EventKind};
use crate::core::ids::LaunchId;
use crate::core::text::{safe_json, safe_line};

/// Of an attempt's events, the first ones that are kept for good: how it began.
const FIRST: i64 = 40;
/// And the last ones.
const LAST: i64 = 60;

/// One thing to write. Attempts are named by the id of their runner.
#[derive(Debug)]
pub(super) enum Write {
    /// A batch with all of its launches.
    Batch(NewBatch, Vec<NewLaunch>),
    /// A launch outside of any batch. One that is known already goes on.
    Launch(Box<NewLaunch>),
    /// A later attempt of a launch.
    Attempt { launch: LaunchId, number: u32 },
    /// `jobs.run` is about to leave.
    Intent {
        runner: LaunchId,
        at: Timestamp,
        bare: bool,
    },
    /// There is an execution.
    Accepted(LaunchId, Accepted),
    /// Nothing was started, and that is certain.
    Withdrawn(LaunchId),
    /// Something happened.
    Event(LaunchId, Box<Event>),
    /// An attempt is over.
    Ended(LaunchId, Box<End>),
    /// A batch is over.
    Finished(String, Timestamp, u8),
    /// Nothing: an answer says that all before it is written.
    Nothing,
}

impl Write {
    /// Whether it has to survive the loss of power; what does not is made safe by the next that does.
    pub(super) fn is_durable(&self) -> bool {
        !matches!(self, Self::Event(..))
    }

    /// Writes it, within a transaction of the caller's.
    pub(super) fn perform(&self, db: &Connection) -> Result<()> {
        match self {
            Self::Batch(new, launches) => batch(db, new, launches),
            Self::Launch(new) => launch(db, new, None),
            Self::Attempt { launch, number } => attempt(db, launch, *number),
            Self::Intent { runner, at, bare } => intent(db, runner, *at, *bare),
            Self::Accepted(runner, accepted_now) => accepted(db, runner, accepted_now),
            Self::Withdrawn(runner) => withdrawn(db, runner),
            Self::Event(runner, what) => event(db, runner, what),
            Self::Ended(runner, end) => ended(db, runner, end),
            Self::Finished(id, at, code) => finished(db, id, *at, *code),
            Self::Nothing => Ok(()),
        }
    }
}

/// Rust values as JSON text.
fn json(value: &impl serde::Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))
}

/// JSON text in which every string is safe: what came from the cloud.
fn safe(value: &impl serde::Serialize) -> Result<String> {
    let mut value =
        serde_json::to_value(value).map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?;
    safe_json(&mut value);
    Ok(value.to_string())
}

fn batch(db: &Connection, new: &NewBatch, launches: &[NewLaunch]) -> Result<()> {
    db.prepare_cached(
        "INSERT INTO batches (id, created_at, source, digest, options) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute(params![
        new.id,
        new.created_at.as_microsecond(),
        new.source,
        new.digest,
        json(&new.options)?
    ])?;
    launches.iter().try_for_each(|one| launch(db, one, Some(&new.id)))
}

/// A launch and its first attempt. One that is known and outside of a batch goes on with its last attempt: the same id
/// means the same execution.
fn launch(db: &Connection, new: &NewLaunch, batch: Option<&str>) -> Result<()> {
    let id = new.spec.id.as_str();
    if batch.is_none() && key_of_attempt(db, id)?.is_some() {
        return Ok(());
    }
    let stored = Stored::new(new.spec.clone());
    let text = stored
        .write()
        .map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?;
    let job = new.spec.target.job();
    let key = db
        .prepare_cached(
            "INSERT INTO launches (id, batch, name, position, created_at, project, job, spec)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .insert(params![
            id,
            batch,
            new.spec.name,
            new.position,
            new.created_at.as_microsecond(),
            job.scope.project,
            job.to_string(),
            text
        ])?;
    for (name, value) in &new.labels {
        db.prepare_cached("INSERT INTO labels (name, value, launch) VALUES (?1, ?2, ?3)")?
            .execute(params![name, value, key])?;
    }
    insert_attempt(db, key, 1, id)
}

fn attempt(db: &Connection, launch: &LaunchId, number: u32) -> Result<()> {
    let runner = launch.of_attempt(number);
    if key_of_attempt(db, runner.as_str())?.is_some() {
        return Ok(());
    }
    let key: i64 = db
        .prepare_cached("SELECT key FROM launches WHERE id = ?1")?
        .query_row([launch.as_str()], |row| row.get(0))?;
    insert_attempt(db, key, number, runner.as_str())?;
    db.prepare_cached("UPDATE launches SET outcome = NULL, category = NULL WHERE key = ?1")?
        .execute([key])?;
    Ok(())
}

fn insert_attempt(db: &Connection, launch: i64, number: u32, runner: &str) -> Result<()> {
    db.prepare_cached("INSERT INTO attempts (launch, number, runner, state) VALUES (?1, ?2, ?3, 'planned')")?
        .execute(params![launch, number, runner])?;
    Ok(())
}

fn key_of_attempt(db: &Connection, runner: &str) -> Result<Option<i64>> {
    db.prepare_cached("SELECT key FROM attempts WHERE runner = ?1")?
        .query_row([runner], |row| row.get(0))
        .optional()
}

/// An update that has to meet exactly one attempt: losing an intent silently could cost a second runner.
fn one(changed: usize) -> Result<()> {
    if changed == 1 {
        return Ok(());
    }
    Err(rusqlite::Error::StatementChangedRows(changed))
}

fn intent(db: &Connection, runner: &LaunchId, at: Timestamp, bare: bool) -> Result<()> {
    one(db
        .prepare_cached(
            "UPDATE attempts SET state = 'intended', intent_at = ?2, bare = ?3, ended_at = NULL WHERE runner = ?1",
        )?
        .execute(params![runner.as_str(), at.as_microsecond(), bare])?)
}

fn withdrawn(db: &Connection, runner: &LaunchId) -> Result<()> {
    one(db
        .prepare_cached(
            "UPDATE attempts SET state = 'planned', intent_at = NULL, bare = 0 WHERE runner = ?1",
        )?
        .execute([runner.as_str()])?)
}

fn accepted(db: &Connection, runner: &LaunchId, now: &Accepted) -> Result<()> {
    one(db
        .prepare_cached(
            "UPDATE attempts SET state = 'accepted', execution = ?2, short = ?3,
                    operation = coalesce(?4, operation), accepted_at = ?5, ended_at = NULL WHERE runner = ?1",
        )?
        .execute(params![
            runner.as_str(),
            now.execution.to_string(),
            now.execution.short(),
            now.operation,
            now.at.as_microsecond()
        ])?)
}

fn ended(db: &Connection, runner: &LaunchId, end: &End) -> Result<()> {
    let verdict = end.verdict.as_ref().map(safe).transpose()?;
    let failure = end.failure.as_ref().map(safe).transpose()?;
    let Value::String(started) = serde_json::to_value(end.started).unwrap_or_default() else {
        return Ok(()); // an enum of words is a word
    };
    one(db
        .prepare_cached(
            "UPDATE attempts SET state = 'ended', ended_at = ?2, started = ?3, elapsed_ms = ?4, exit_code = ?5,
                    verdict = ?6, failure = ?7 WHERE runner = ?1",
        )?
        .execute(params![
            runner.as_str(),
            end.at.as_microsecond(),
            started,
            end.elapsed_ms.cast_signed(),
            end.exit_code,
            verdict,
            failure
        ])?)?;
    db.prepare_cached(
        "UPDATE launches SET outcome = ?2, category = ?3 FROM attempts
         WHERE attempts.runner = ?1 AND attempts.launch = launches.key
           AND attempts.number = (SELECT max(number) FROM attempts WHERE launch = launches.key)",
    )?
    .execute(params![
        runner.as_str(),
        end.outcome(),
        end.category().map(safe_line)
    ])?;
    Ok(())
}

fn finished(db: &Connection, id: &str, at: Timestamp, code: u8) -> Result<()> {
    one(db
        .prepare_cached("UPDATE batches SET finished_at = ?2, exit_code = ?3 WHERE id = ?1")?
        .execute(params![id, at.as_microsecond(), code])?)
}

/// Events of an attempt: the first ones and the last ones. Lines of the log are not kept, the diagnosis quotes the last.
fn event(db: &Connection, runner: &LaunchId, event: &Event) -> Result<()> {
    let Some(data) = data(&event.kind)? else {
        return Ok(());
    };
    let Some(key) = key_of_attempt(db, runner.as_str())? else {
        return Ok(());
    };
    let seq: i64 = db
        .prepare_cached("SELECT coalesce(max(seq), 0) + 1 FROM events WHERE attempt = ?1")?
        .query_row([key], |row| row.get(0))?;
    db.prepare_cached("INSERT INTO events (attempt, seq, at, elapsed_ms, data) VALUES (?1, ?2, ?3, ?4, ?5)")?
        .execute(params![
            key,
            seq,
            event.at.as_microsecond(),
            event.elapsed_ms.map(u64::cast_signed),
            data
        ])?;
    if seq - LAST > FIRST {
        db.prepare_cached("DELETE FROM events WHERE attempt = ?1 AND seq = ?2")?
            .execute(params![key, seq - LAST])?;
    }
    Ok(())
}

/// The event as it is stored; `None` for what is not. A verdict's evidence stands in the events before it already.
fn data(kind: &EventKind) -> Result<Option<String>> {
    match kind {
        EventKind::Log(_) | EventKind::Summary(_) => Ok(None),
        EventKind::Verdict(verdict) => {
            let mut verdict = verdict.clone();
            verdict.evidence.clear();
            safe(&EventKind::Verdict(verdict)).map(Some)
        }
        other => safe(other).map(Some),
    }
}
