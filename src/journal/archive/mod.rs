//! Reading the journal: for `history`, `show`, `resume`, and to find launches by what people call them.

mod history;
mod rows;

use std::path::{Path, PathBuf};

use rusqlite::{Connection, Params, Row};

use super::error::{Fault, JournalError};
use super::file;
use super::record::{Batch, Launch};
use crate::core::event::{Event, EventKind, SCHEMA};
use crate::core::ids::LaunchId;

pub use history::{Filter, Found};

/// How many ids are suggested in the place of an unknown one.
const SUGGESTIONS: usize = 3;
/// Only the newest launches are looked at for that.
const RECENT: u32 = 2000;

/// A journal, open for reading.
#[derive(Debug)]
pub struct Archive {
    connection: Connection,
    path: PathBuf,
}

/// What a row could not be read as.
type Broken = Box<dyn std::error::Error + Send + Sync>;

impl Archive {
    /// Opens a journal that exists.
    pub fn open(path: &Path) -> Result<Self, JournalError> {
        Ok(Self {
            connection: file::open_existing(path)?,
            path: path.to_owned(),
        })
    }

    /// A batch with all of its launches.
    pub fn batch(&self, id: &str) -> Result<Option<Batch>, JournalError> {
        let sql = "SELECT id, created_at, source, digest, options, finished_at, exit_code FROM batches WHERE id = ?1";
        let Some(mut batch) = self.rows(sql, [id], rows::batch)?.pop() else {
            return Ok(None);
        };
        batch.launches = self.launches("launches.batch = ?1", id)?;
        Ok(Some(batch))
    }

    /// The id of the newest batch that was not finished.
    pub fn unfinished_batch(&self) -> Result<Option<String>, JournalError> {
        let sql = "SELECT id FROM batches WHERE finished_at IS NULL ORDER BY created_at DESC LIMIT 1";
        Ok(self.rows(sql, [], |row| Ok(row.get(0)?))?.pop())
    }

    /// A launch by its id, by the id of a runner of it, or by the full or short name of an execution of it.
    pub fn launch(&self, name: &str) -> Result<Option<Launch>, JournalError> {
        let by_runner = "SELECT launch FROM attempts WHERE runner = ?1";
        let by_execution = "SELECT launch FROM attempts WHERE short = ?2 AND ?1 IN (short, execution)
                            ORDER BY key DESC LIMIT 1";
        let short = name.rsplit('/').next().unwrap_or(name);
        let key = |row: &Row<'_>| Ok(row.get::<_, i64>(0)?);
        let mut found = self.rows(by_runner, [name], key)?;
        if found.is_empty() {
            found = self.rows(by_execution, [name, short], key)?;
        }
        if let Some(key) = found.first() {
            return Ok(self.launches("launches.key = ?1", *key)?.pop());
        }
        Ok(None)
    }

    /// The stored events of an attempt, numbered anew: what was left out is not noticed. Those of a kind that this version
    /// does not know are left out too.
    pub fn events(&self, launch: &Launch, runner: &LaunchId) -> Result<Vec<Event>, JournalError> {
        let sql = "SELECT events.at, events.elapsed_ms, attempts.number, events.data
                   FROM events JOIN attempts ON attempts.key = events.attempt
                   WHERE attempts.runner = ?1 ORDER BY events.seq";
        let mut events = self.rows(sql, [runner.as_str()], |row| {
            let kind: String = row.get(3)?;
            let Ok(kind) = serde_json::from_str::<EventKind>(&kind) else {
                return Ok(None);
            };
            Ok(Some(Event {
                schema: SCHEMA,
                seq: 0,
                launch: Some(launch.id.to_string()),
                batch: launch.batch.clone(),
                name: launch.name.clone(),
                attempt: Some(row.get(2)?),
                at: rows::time(row.get(0)?)?,
                elapsed_ms: row.get::<_, Option<i64>>(1)?.map(i64::cast_unsigned),
                kind,
            }))
        })?;
        events.retain(Option::is_some);
        let numbered = (1..).zip(events.into_iter().flatten());
        Ok(numbered.map(|(seq, event)| Event { seq, ..event }).collect())
    }

    /// Ids of launches that look like this one.
    pub fn near(&self, id: &str) -> Result<Vec<String>, JournalError> {
        let sql = "SELECT id FROM launches ORDER BY created_at DESC LIMIT ?1";
        let ids: Vec<String> = self.rows(sql, [RECENT], |row| Ok(row.get(0)?))?;
        let mut near: Vec<(usize, String)> = ids
            .into_iter()
            .filter_map(|known| Some((unlikeness(id, &known)?, known)))
            .collect();
        near.sort_by_key(|(unlikeness, _)| *unlikeness);
        Ok(near.into_iter().take(SUGGESTIONS).map(|(_, id)| id).collect())
    }

    /// Launches with their attempts and labels, by position.
    fn launches(&self, which: &str, parameter: impl rusqlite::ToSql) -> Result<Vec<Launch>, JournalError> {
        let sql = format!(
            "SELECT key, id, batch, name, position, created_at, spec FROM launches WHERE {which} ORDER BY position"
        );
        let mut launches = self.rows(&sql, [&parameter], rows::launch)?;
        let sql = format!(
            "SELECT launches.key, number, runner, state, intent_at, bare, execution, operation, accepted_at, ended_at,
                    started, elapsed_ms, exit_code, verdict, failure
             FROM launches JOIN attempts ON attempts.launch = launches.key WHERE {which} ORDER BY position, number"
        );
        let attempts = self.rows(&sql, [&parameter], |row| Ok((row.get(0)?, rows::attempt(row)?)))?;
        hand_out(&mut launches, attempts, |launch, attempt| {
            launch.attempts.push(attempt);
        });
        let sql = format!(
            "SELECT launches.key, labels.name, value
             FROM launches JOIN labels ON labels.launch = launches.key WHERE {which} ORDER BY position"
        );
        let labels = self.rows(&sql, [&parameter], |row| {
            Ok((row.get(0)?, (row.get(1)?, row.get(2)?)))
        })?;
        hand_out(
            &mut launches,
            labels,
            |launch, (name, value): (String, String)| {
                launch.labels.insert(name, value);
            },
        );
        Ok(launches.into_iter().map(|(_, launch)| launch).collect())
    }

    /// All rows of a query. One that does not read as what it was written as is damage.
    fn rows<T>(
        &self,
        sql: &str,
        parameters: impl Params,
        read: impl Fn(&Row<'_>) -> Result<T, Broken>,
    ) -> Result<Vec<T>, JournalError> {
        let sqlite = |error: rusqlite::Error| JournalError::sql(&self.path, &error);
        let mut statement = self.connection.prepare_cached(sql).map_err(sqlite)?;
        let mut rows = statement.query(parameters).map_err(sqlite)?;
        let mut all = Vec::new();
        while let Some(row) = rows.next().map_err(sqlite)? {
            let one = read(row)
                .map_err(|error| JournalError::new(&self.path, Fault::Damaged(error.to_string())))?;
            all.push(one);
        }
        Ok(all)
    }
}

/// Gives each part to its launch; both are in the launches' order.
fn hand_out<T>(launches: &mut [(i64, Launch)], parts: Vec<(i64, T)>, mut give: impl FnMut(&mut Launch, T)) {
    let mut launches = launches.iter_mut().peekable();
    for (key, part) in parts {
        while launches.next_if(|(other, _)| *other != key).is_some() {}
        if let Some((_, launch)) = launches.peek_mut() {
            give(launch, part);
        }
    }
}

/// How unlike two ids are: none where one is a part of the other, else the number of edits; `None` if they are not alike.
fn unlikeness(given: &str, known: &str) -> Option<usize> {
    if given.len() >= 4 && (known.contains(given) || given.contains(known)) {
        return Some(0);
    }
    let edits = edits(given.as_bytes(), known.as_bytes());
    (edits <= 1 + given.len() / 5).then_some(edits)
}

/// Levenshtein's distance.
fn edits(a: &[u8], b: &[u8]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, y) in b.iter().enumerate() {
            let cost = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = cost.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}
