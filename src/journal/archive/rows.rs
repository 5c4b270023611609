//! Rows of the tables as values.

use jiff::Timestamp;
use rusqlite::Row;

use super::Broken;
use crate::core::ids::{ExecutionName, LaunchId};
use crate::journal::record::{Accepted, Attempt, AttemptState, Batch, End, Launch, NewBatch};
use crate::journal::stored::Stored;

pub(super) fn time(micros: i64) -> Result<Timestamp, Broken> {
    Ok(Timestamp::from_microsecond(micros)?)
}

/// `id, created_at, source, digest, options, finished_at, exit_code`
pub(super) fn batch(row: &Row<'_>) -> Result<Batch, Broken> {
    let options: String = row.get(4)?;
    let finished: Option<i64> = row.get(5)?;
    let finished = finished
        .map(|at| Ok::<_, Broken>((time(at)?, row.get(6)?)))
        .transpose()?;
    Ok(Batch {
        begun: NewBatch {
            id: row.get(0)?,
            created_at: time(row.get(1)?)?,
            source: row.get(2)?,
            digest: row.get(3)?,
            options: serde_json::from_str(&options)?,
        },
        finished,
        launches: Vec::new(),
    })
}

/// `key, id, batch, name, position, created_at, spec`
pub(super) fn launch(row: &Row<'_>) -> Result<(i64, Launch), Broken> {
    let (id, spec): (String, String) = (row.get(1)?, row.get(6)?);
    let spec = Stored::read(&spec).map_err(|error| format!("launch {id}: {error}"))?;
    let launch = Launch {
        id: LaunchId::parse(&id)?,
        batch: row.get(2)?,
        name: row.get(3)?,
        position: row.get(4)?,
        created_at: time(row.get(5)?)?,
        spec,
        labels: std::collections::BTreeMap::new(),
        attempts: Vec::new(),
    };
    Ok((row.get(0)?, launch))
}

/// From the second column on: `number, runner, state, intent_at, bare, execution, operation, accepted_at, ended_at, started,
/// elapsed_ms, exit_code, verdict, failure`
pub(super) fn attempt(row: &Row<'_>) -> Result<Attempt, Broken> {
    let (runner, state): (String, String) = (row.get(2)?, row.get(3)?);
    let accepted = accepted(row)?;
    let state = match (state.as_str(), &accepted) {
        ("intended", _) => AttemptState::Intended {
            at: time(row.get(4)?)?,
            bare: row.get(5)?,
        },
        ("accepted", Some(accepted)) => AttemptState::Accepted(accepted.clone()),
        ("ended", _) => AttemptState::Ended(Box::new(end(row)?)),
        ("planned", _) => AttemptState::Planned,
        (other, _) => return Err(format!("attempt {runner} is `{other}` without what belongs to it").into()),
    };
    Ok(Attempt {
        number: row.get(1)?,
        runner: LaunchId::parse(&runner)?,
        state,
        accepted,
    })
}

fn accepted(row: &Row<'_>) -> Result<Option<Accepted>, Broken> {
    let (execution, at): (Option<String>, Option<i64>) = (row.get(6)?, row.get(8)?);
    let (Some(execution), Some(at)) = (execution, at) else {
        return Ok(None);
    };
    Ok(Some(Accepted {
        execution: ExecutionName::parse(&execution)?,
        operation: row.get(7)?,
        at: time(at)?,
    }))
}

fn end(row: &Row<'_>) -> Result<End, Broken> {
    let started: String = row.get(10)?;
    let (verdict, failure): (Option<String>, Option<String>) = (row.get(13)?, row.get(14)?);
    Ok(End {
        at: time(row.get(9)?)?,
        started: serde_json::from_value(started.into())?,
        elapsed_ms: row.get::<_, i64>(11)?.cast_unsigned(),
        exit_code: row.get(12)?,
        verdict: verdict.as_deref().map(serde_json::from_str).transpose()?,
        failure: failure.as_deref().map(serde_json::from_str).transpose()?,
    })
}
