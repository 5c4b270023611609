//! Rivals that poll with independent timers: the repaired loop, the fixed pollers, the polite one.

use std::time::Duration;

use futures_util::future::{LocalBoxFuture, select_all};
use tokio::time::MissedTickBehavior;

use super::seat::{Said, Seat};
use crate::core::finding::{FatalScope, Finding, Label};
use crate::core::job::JobState;
use crate::core::reader::RunnerReader;
use crate::emulator::Quotas;

/// How often each API is asked, start to start.
#[derive(Clone, Copy, Debug)]
pub(super) struct Periods {
    pub(super) log: Option<Duration>,
    pub(super) execution: Option<Duration>,
    pub(super) jobs: Option<Duration>,
}

impl Periods {
    pub(super) fn without_log(period: Duration) -> Self {
        Self {
            log: None,
            execution: Some(period),
            jobs: Some(period),
        }
    }

    /// 80 % of Google's quotas, shared evenly by so many launches.
    pub(super) fn of_quota(launches: usize) -> Self {
        let quotas = Quotas::real();
        let period =
            |per_minute: u32| Duration::from_secs_f64(launches as f64 * 60.0 / (0.8 * f64::from(per_minute)));
        Self {
            log: Some(period(quotas.logging_read_per_minute)),
            execution: Some(period(quotas.run_read_per_minute)),
            jobs: Some(period(quotas.vertex_per_minute)),
        }
    }
}

/// Asks each API in its own rhythm until one of them decides. `ends_well`: an execution that ended with success is one.
pub(super) async fn watch(seat: &Seat, periods: Periods, ends_well: bool) -> Said {
    let mut timers: Vec<LocalBoxFuture<'_, Said>> = Vec::new();
    if let Some(period) = periods.log {
        timers.push(Box::pin(log(seat, period)));
    }
    if let Some(period) = periods.execution {
        timers.push(Box::pin(execution(seat, period, ends_well)));
    }
    if let Some(period) = periods.jobs {
        timers.push(Box::pin(own_job(seat, period)));
    }
    select_all(timers).await.0
}

/// The old loop's later version: whatever of the ten newest jobs has ended or is active decides, and so does the
/// execution's end.
pub(super) async fn later_loop(seat: &Seat) -> Said {
    let jobs = async {
        let mut ticks = ticks(Duration::from_secs(5));
        loop {
            ticks.tick().await;
            let newest = seat.newest_jobs().await;
            if let Some(said) = newest.iter().take(10).find_map(|job| decides(&job.state)) {
                return said;
            }
        }
    };
    let timers: Vec<LocalBoxFuture<'_, Said>> = vec![
        Box::pin(execution(seat, Duration::from_secs(1), true)),
        Box::pin(jobs),
    ];
    select_all(timers).await.0
}

fn ticks(period: Duration) -> tokio::time::Interval {
    let mut ticks = tokio::time::interval(period);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}

async fn execution(seat: &Seat, period: Duration, ends_well: bool) -> Said {
    let mut ticks = ticks(period);
    loop {
        ticks.tick().await;
        match seat.execution_end().await {
            Some(Said::Success) if !ends_well => {}
            Some(said) => return said,
            None => {}
        }
    }
}

async fn own_job(seat: &Seat, period: Duration) -> Said {
    let mut ticks = ticks(period);
    loop {
        ticks.tick().await;
        if let Some(said) = seat.own_job().await.and_then(|job| decides(&job.state)) {
            return said;
        }
    }
}

async fn log(seat: &Seat, period: Duration) -> Said {
    let mut reader = RunnerReader::new();
    let mut ticks = ticks(period);
    loop {
        ticks.tick().await;
        let mut findings = reader.read(&seat.patterns, &seat.read_log().await);
        findings.extend(reader.settle(&seat.patterns));
        if let Some(said) = findings.iter().find_map(says) {
            return said;
        }
    }
}

fn says(finding: &Finding) -> Option<Said> {
    match finding.label {
        Label::Fatal if finding.scope == FatalScope::Item => Some(Said::Failure),
        Label::Success if finding.job.is_some() => Some(Said::Success),
        _ => None,
    }
}

/// What a job's state says of a launch that is to submit it.
fn decides(state: &JobState) -> Option<Said> {
    match state {
        JobState::Queued | JobState::Pending | JobState::Running | JobState::Succeeded => Some(Said::Success),
        JobState::Failed | JobState::Expired | JobState::Cancelled | JobState::PartiallySucceeded => {
            Some(Said::Failure)
        }
        _ => None,
    }
}
