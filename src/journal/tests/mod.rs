//! The journal as a whole, through its handle and on real files.

mod claims;
mod clock;
mod faults;
mod history;
mod lives;

use std::collections::BTreeMap;
use std::path::PathBuf;

use jiff::Timestamp;
use tempfile::TempDir;

use super::{Accepted, Archive, End, Journal, NewBatch, NewLaunch, Owner};
use crate::core::event::{Event, EventKind, PhaseReached, SCHEMA};
use crate::core::finding::Phase;
use crate::core::ids::{ExecutionName, LaunchId, RunJob, Scope};
use crate::core::spec::{Goal, LaunchSpec, Target};
use crate::core::verdict::{Links, Outcome, Path, Started, Verdict};

/// A folder with a journal in it.
struct Place {
    folder: TempDir,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { folder }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("journal.db")
    }

    fn open(&self) -> Journal {
        Journal::open(&self.path(), Owner::this(at(0))).unwrap()
    }

    fn read(&self) -> Archive {
        Archive::open(&self.path()).unwrap()
    }
}

fn at(second: i64) -> Timestamp {
    let epoch: Timestamp = "2026-11-23T10:00:00Z".parse().unwrap();
    epoch + jiff::SignedDuration::from_secs(second)
}

fn id(text: &str) -> LaunchId {
    LaunchId::parse(text).unwrap()
}

pub(crate) fn spec(launch: &str) -> LaunchSpec {
    let scope = Scope {
        project: "p".into(),
        region: "us-central1".into(),
    };
    let job = RunJob {
        scope,
        job: "train".into(),
    };
    let mut spec = LaunchSpec {
        name: Some(format!("name of {launch}")),
        ..LaunchSpec::plain(id(launch), job)
    };
    if let Target::Start { args, env, .. } = &mut spec.target {
        *args = Some(vec!["--epochs".into(), "90".into()]);
        *env = vec![("SEED".into(), "7".into())];
    }
    spec
}

fn new_launch(launch: &str, position: u32) -> NewLaunch {
    NewLaunch {
        spec: spec(launch),
        labels: BTreeMap::from([("sweep".to_owned(), format!("s{}", position % 2))]),
        position,
        created_at: at(i64::from(position)),
    }
}

fn new_batch(id: &str) -> NewBatch {
    NewBatch {
        id: id.to_owned(),
        created_at: at(0),
        source: Some("sweep.toml".into()),
        digest: Some("sha256:0".into()),
        options: serde_json::json!({"max_parallel": 20}),
    }
}

fn accepted(execution: &str, second: i64) -> Accepted {
    let full = format!("projects/p/locations/us-central1/jobs/train/executions/{execution}");
    Accepted {
        execution: ExecutionName::parse(&full).unwrap(),
        operation: Some("operations/1".into()),
        at: at(second),
    }
}

fn verdict(outcome: Outcome, category: Option<&str>) -> Verdict {
    Verdict {
        outcome,
        path: if outcome == Outcome::Success {
            Path::JobActive
        } else {
            Path::LogFatal
        },
        exit_code: u8::from(outcome != Outcome::Success),
        until: Goal::Submitted,
        confirmed: None,
        category: category.map(str::to_owned),
        summary: "what happened".into(),
        hint: Some("what to do".into()),
        execution: Some(accepted("train-abcde", 0).execution),
        custom_job: None,
        submitted_by: None,
        job_state: None,
        region: "us-central1".into(),
        vertex_region: "us-central1".into(),
        error: None,
        links: Links::default(),
        evidence: Vec::new(),
        evidence_total: 0,
    }
}

fn end(outcome: Outcome, category: Option<&str>) -> End {
    let verdict = verdict(outcome, category);
    End {
        at: at(60),
        started: Started::Yes,
        elapsed_ms: 12_345,
        exit_code: verdict.exit_code,
        verdict: Some(verdict),
        failure: None,
    }
}

fn event(launch: &str, second: i64, line: &str) -> Event {
    Event {
        schema: SCHEMA,
        seq: 1,
        launch: Some(launch.to_owned()),
        batch: None,
        name: None,
        attempt: Some(1),
        at: at(second),
        elapsed_ms: Some(second.cast_unsigned() * 1000),
        kind: EventKind::Phase(PhaseReached {
            phase: Phase::AgentPolling,
            occurred_at: at(second),
            line: Some(line.to_owned()),
        }),
    }
}
