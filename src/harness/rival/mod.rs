//! Other ways to watch the same launch, on the same client against the same cloud.
//!
//! Each rival is a plain async loop over one [`Seat`]: it says success or failure, or nothing by its own deadline. Their
//! rules are those of the tools they stand for, at their best: the language, the transport and the start-up cost of a
//! command-line tool are left out, so that only the rule differs. To add one: a variant of [`Rival`] with its name and its
//! loop, and where the rule comes from.

mod old_loop;
mod seat;
mod timers;

use std::time::Duration;

pub(super) use seat::{Said, Seat};

/// How long every rival watches at most, unless its rule says otherwise: the old system's `agent_timeout`.
const PATIENCE: Duration = Duration::from_mins(15);

/// A rule to watch a launch by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rival {
    /// The system that Liftoff replaces, as it was (`_stream_execution_logs`, 2025-11): one serial loop; the log each
    /// second, the execution where `int(time) % 3 == 0`, the newest job of the region, whoever's it is, where
    /// `int(time) % 5 == 0`; any text with `ERROR` and a known fatal word in it fails the launch, the wrapper's
    /// `Job submitted to Vertex AI!` wins it; RUNNING, PENDING and QUEUED are shown and do not return.
    OldLoop,
    /// Its later version: the execution each second, the ten newest jobs of the region every 5 s, for 120 s; no log.
    LaterLoop,
    /// The old loop with its bugs fixed: independent timers (log 1 s, execution 3 s, jobs 5 s), the execution's own job by
    /// its label, an active job is a success, Liftoff's patterns read the log.
    Repaired,
    /// `gcloud run jobs execute --wait`: the execution alone, polled with a ceiling of 1 s
    /// (googlecloudsdk `command_lib/run/serverless_operations.py`).
    GcloudWait,
    /// Execution and job every 10 s: Airflow's `CloudRunExecuteJobOperator` (`polling_period_seconds: float = 10`) and the
    /// W&B launch agent (`AGENT_POLLING_INTERVAL = 10`).
    Every10s,
    /// Execution and job every 5 s: Prefect's Cloud Run worker (`poll_interval=5`) and Google's SDK for Vertex AI
    /// (`_JOB_WAIT_TIME = 5`).
    Every5s,
    /// A polite rival: the repaired loop at a fixed interval that takes 80 % of each quota, divided by the launches.
    Polite,
}

impl Rival {
    /// Every rival.
    pub const ALL: [Self; 7] = [
        Self::OldLoop,
        Self::LaterLoop,
        Self::Repaired,
        Self::GcloudWait,
        Self::Every10s,
        Self::Every5s,
        Self::Polite,
    ];

    /// Its name in tables and files.
    pub fn name(self) -> &'static str {
        match self {
            Self::OldLoop => "old loop",
            Self::LaterLoop => "old loop, later version",
            Self::Repaired => "old loop, bugs fixed",
            Self::GcloudWait => "gcloud --wait (1 s)",
            Self::Every10s => "fixed 10 s",
            Self::Every5s => "fixed 5 s",
            Self::Polite => "polite (80 % of quota / N)",
        }
    }

    /// Watches a launch that was started, until it can say how it came out. `launches` share the project.
    pub(super) async fn watch(self, seat: &Seat, launches: usize) -> Option<Said> {
        let rule = match self {
            Self::OldLoop => return limited(PATIENCE, old_loop::watch(seat)).await,
            Self::LaterLoop => {
                return limited(Duration::from_mins(2), timers::later_loop(seat)).await;
            }
            Self::Repaired => timers::Periods {
                log: Some(Duration::from_secs(1)),
                execution: Some(Duration::from_secs(3)),
                jobs: Some(Duration::from_secs(5)),
            },
            Self::GcloudWait => timers::Periods {
                log: None,
                execution: Some(Duration::from_secs(1)),
                jobs: None,
            },
            Self::Every10s => timers::Periods::without_log(Duration::from_secs(10)),
            Self::Every5s => timers::Periods::without_log(Duration::from_secs(5)),
            Self::Polite => timers::Periods::of_quota(launches),
        };
        let ends_well = self != Self::Repaired && self != Self::Polite;
        limited(PATIENCE, timers::watch(seat, rule, ends_well)).await
    }
}

async fn limited(patience: Duration, watch: impl Future<Output = Said>) -> Option<Said> {
    tokio::time::timeout(patience, watch).await.ok()
}
