//! One task's life: its attempts, and how each ends.

use std::time::Duration;

use jiff::Timestamp;

use crate::emulator::{
    clock::Pace,
    scenario::{AttemptPlan, ExitPlan},
};

/// The life of one task.
#[derive(Debug, Clone, Default)]
pub(super) struct Lane {
    /// Its attempts, in order.
    pub(super) attempts: Vec<Attempt>,
    /// From when it counts as succeeded, failed or cancelled.
    pub(super) over: Option<Timestamp>,
}

impl Lane {
    pub(super) fn is_over(&self, now: Timestamp) -> bool {
        self.over.is_some_and(|at| at <= now)
    }

    pub(super) fn succeeded(&self) -> bool {
        let last = self.attempts.last().and_then(|last| last.exit.as_ref());
        last.is_some_and(|(_, exit)| exit.is_success())
    }

    pub(super) fn is_running(&self, now: Timestamp) -> bool {
        begun(&self.attempts, now)
            .last()
            .is_some_and(|last| last.exit.as_ref().is_none_or(|(end, _)| *end > now))
    }
}

/// Those of these attempts that have begun.
pub(super) fn begun(attempts: &[Attempt], now: Timestamp) -> &[Attempt] {
    &attempts[..attempts.partition_point(|attempt| attempt.start <= now)]
}

/// One attempt of a task.
#[derive(Debug, Clone)]
pub(crate) struct Attempt {
    /// When its container starts.
    pub(crate) start: Timestamp,
    /// When and how it ends.
    pub(crate) exit: Option<(Timestamp, Exit)>,
}

impl Attempt {
    /// Lays out `plan`: without an exit of its own it ends at its timeout.
    pub(super) fn lay_out(plan: &AttemptPlan, pace: &Pace, timeout: Duration) -> Self {
        let limit = plan.start.0.saturating_add(timeout);
        let exit = match &plan.exit {
            Some(exit) if exit.at.0 <= limit => (exit.at.0, Exit::of_plan(exit)),
            _ => (limit, Exit::timeout()),
        };
        Self {
            start: pace.at(plan.start.0),
            exit: Some((pace.at(exit.0), exit.1)),
        }
    }
}

/// How a container ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Exit {
    /// Its exit code, if it could exit.
    pub(crate) code: Option<i32>,
    /// The signal that ended it.
    pub(crate) signal: Option<i32>,
    /// Cloud Run's words, where they are not the usual ones.
    pub(crate) message: Option<String>,
}

impl Exit {
    /// Whether the attempt succeeded.
    pub(crate) fn is_success(&self) -> bool {
        self.code == Some(0) && self.signal.is_none()
    }

    /// `Task X failed with …`: what the Completed condition says after the task's name.
    pub(crate) fn failure(&self) -> String {
        match (&self.message, self.code) {
            // Seen with memory limits, exit code 0 included.
            (Some(message), code) => format!(
                "failed with exit code: {} and message: {message}",
                code.unwrap_or(0)
            ),
            (None, Some(code)) => {
                format!("failed with exit code: {code} and message: The container exited with an error.")
            }
            (None, None) => "failed with message: The container exited with an error.".to_owned(),
        }
    }

    /// An exit with that code.
    pub(crate) fn of_code(code: i32) -> Self {
        Self {
            code: Some(code),
            signal: None,
            message: None,
        }
    }

    /// The end of an attempt that ran for too long.
    pub(crate) fn timeout() -> Self {
        let message = "The configured timeout was reached.".to_owned();
        Self {
            code: None,
            signal: Some(9),
            message: Some(message),
        }
    }

    fn of_plan(plan: &ExitPlan) -> Self {
        Self {
            code: plan.code,
            signal: plan.signal,
            message: plan.message.clone(),
        }
    }
}
