//! Launches by batch, time, outcome, category, project or label, the newest first.

use jiff::Timestamp;
use rusqlite::types::Value;
use rusqlite::{Row, params_from_iter};

use super::{Archive, Broken, rows};
use crate::core::event::{Progress, Recorded};
use crate::core::verdict::{ProcessError, Verdict};
use crate::journal::error::JournalError;

/// Which launches.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// The one with this id.
    pub launch: Option<String>,
    /// Of this batch.
    pub batch: Option<String>,
    /// Asked for at this time or later.
    pub since: Option<Timestamp>,
    /// With this outcome, as [`Recorded::outcome`] spells it.
    pub outcome: Option<String>,
    /// With this cause.
    pub category: Option<String>,
    /// Of this project.
    pub project: Option<String>,
    /// With these labels.
    pub labels: Vec<(String, String)>,
    /// At most this many; `None` for all.
    pub limit: Option<u32>,
}

/// A launch that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its id.
    pub launch: String,
    /// Its batch.
    pub batch: Option<String>,
    /// Its name in the batch.
    pub name: Option<String>,
    /// The number of its last attempt.
    pub attempt: u32,
    /// From its start to the verdict, ms.
    pub elapsed_ms: Option<u64>,
    /// What is known of it.
    pub recorded: Recorded,
}

const COLUMNS: &str =
    "SELECT launches.id, launches.batch, launches.name, number, elapsed_ms, state, created_at, job,
           project, execution, outcome, attempts.exit_code, category, verdict, failure
    FROM launches JOIN attempts ON attempts.launch = launches.key
     AND attempts.number = (SELECT max(number) FROM attempts WHERE attempts.launch = launches.key)";

impl Archive {
    /// The launches that a filter lets pass, the newest first.
    pub fn history(&self, filter: &Filter) -> Result<Vec<Found>, JournalError> {
        let (conditions, mut values) = conditions(filter);
        values.push(Value::Integer(filter.limit.map_or(-1, i64::from)));
        let sql = format!("{COLUMNS} WHERE {conditions} ORDER BY created_at DESC, launches.key DESC LIMIT ?");
        let mut found = self.rows(&sql, params_from_iter(values), found)?;
        for one in &mut found {
            let sql = "SELECT labels.name, value FROM labels JOIN launches ON launches.key = labels.launch
                       WHERE launches.id = ?1";
            let labels = self.rows(sql, [&one.launch], |row| Ok((row.get(0)?, row.get(1)?)))?;
            one.recorded.labels.extend(labels);
        }
        Ok(found)
    }
}

/// The conditions that are asked for, and no others, so that their indexes serve.
fn conditions(filter: &Filter) -> (String, Vec<Value>) {
    let mut conditions = vec!["1"];
    let mut values = Vec::new();
    let texts = [
        ("launches.id = ?", &filter.launch),
        ("launches.batch = ?", &filter.batch),
        ("outcome = ?", &filter.outcome),
        ("category = ?", &filter.category),
        ("project = ?", &filter.project),
    ];
    for (condition, value) in texts {
        if let Some(value) = value {
            conditions.push(condition);
            values.push(Value::Text(value.clone()));
        }
    }
    if let Some(since) = filter.since {
        conditions.push("created_at >= ?");
        values.push(Value::Integer(since.as_microsecond()));
    }
    for (name, value) in &filter.labels {
        conditions.push("launches.key IN (SELECT launch FROM labels WHERE name = ? AND value = ?)");
        values.extend([Value::Text(name.clone()), Value::Text(value.clone())]);
    }
    (conditions.join(" AND "), values)
}

fn found(row: &Row<'_>) -> Result<Found, Broken> {
    let (verdict, failure): (Option<String>, Option<String>) = (row.get(13)?, row.get(14)?);
    let verdict: Option<Verdict> = verdict.as_deref().map(serde_json::from_str).transpose()?;
    let failure: Option<ProcessError> = failure.as_deref().map(serde_json::from_str).transpose()?;
    let said = (verdict.as_ref().map(|verdict| (&verdict.summary, &verdict.hint)))
        .or(failure.as_ref().map(|failure| (&failure.message, &failure.hint)));
    let state: Progress = serde_json::from_value(row.get::<_, String>(5)?.into())?;
    let over = state == Progress::Ended;
    let recorded = Recorded {
        state,
        created_at: rows::time(row.get(6)?)?,
        job: row.get(7)?,
        project: row.get(8)?,
        execution: row.get(9)?,
        outcome: row.get::<_, Option<String>>(10)?.filter(|_| over),
        exit_code: row.get::<_, Option<u8>>(11)?.filter(|_| over),
        category: row.get::<_, Option<String>>(12)?.filter(|_| over),
        summary: said.map(|(summary, _)| summary.clone()),
        hint: said.and_then(|(_, hint)| hint.clone()),
        custom_job: verdict
            .as_ref()
            .and_then(|verdict| Some(verdict.custom_job.as_ref()?.to_string())),
        labels: std::collections::BTreeMap::new(),
    };
    Ok(Found {
        launch: row.get(0)?,
        batch: row.get(1)?,
        name: row.get(2)?,
        attempt: row.get(3)?,
        elapsed_ms: row.get::<_, Option<i64>>(4)?.map(i64::cast_unsigned),
        recorded,
    })
}
