//! How a runner is started, exactly once.
//!
//! `jobs.run` has no request id, and a repeated one starts, and bills, a second runner. What makes ours recognisable is
//! `LIFTOFF_LAUNCH_ID` in its environment. So: an answer with an error status is repeated only after a complete list,
//! five seconds later, shows no execution of ours; no answer at all is looked for during a minute and sent once more only
//! when two complete lists lack it; what stays unsure is said to be unsure.
//!
//! Pure: [`Starting::next`] says what to do, the answers are fed back.
//! The state is [`Starting`]'s. One more way to be refused is a case of [`PostAnswer`] and its rule beside the others here.

mod answer;
mod step;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::execution::ExecutionView;
use super::verdict::{Started, exit};

pub use answer::{ListAnswer, PostAnswer, Trouble};
pub use step::{RATE_LIMITED, StartEnd, StartFailure, StartStep};

/// How often a refused request is repeated.
const REPEATS: u32 = 3;
/// After a refusal, how long until the list is taken for complete.
const SETTLE: Duration = Duration::from_secs(5);
/// After no answer, how long the execution is looked for.
const HUNT: Duration = Duration::from_mins(1);
/// How often, then.
const HUNT_EVERY: Duration = Duration::from_secs(2);
/// Lists may fail for this long before the search is given up.
const HUNT_BLIND: Duration = Duration::from_secs(90);
/// How long an endpoint that cannot be reached is tried.
const REACH: Duration = Duration::from_secs(20);
/// The longest that a server's wish to wait is honoured for.
const LONGEST_WAIT: Duration = Duration::from_mins(1);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Phase {
    /// The id is the caller's: an execution may exist already.
    Look,
    Post,
    /// After a refusal: list once settled, then send again.
    Verify {
        trouble: Trouble,
        rate: bool,
    },
    /// After no answer: since when, when the first late list lacked it.
    Hunt {
        since: Instant,
        lacked: bool,
        trouble: Trouble,
    },
    Over(Box<StartEnd>),
}

/// A start in progress.
#[derive(Clone, Debug)]
pub struct Starting {
    /// The user gave arguments, variables or the id: it cannot go without overrides.
    needs_overrides: bool,
    phase: Phase,
    not_before: Instant,
    begun: Instant,
    bare: bool,
    posts: u32,
    leaves_crowds: bool,
    hunts: u32,
    unreached: u32,
}

impl Starting {
    /// A start that begins now. `id_given`: the caller chose the id, so look before sending.
    pub fn new(now: Instant, id_given: bool, needs_overrides: bool) -> Self {
        let phase = if id_given { Phase::Look } else { Phase::Post };
        Self {
            needs_overrides,
            phase,
            not_before: now,
            begun: now,
            bare: false,
            posts: 0,
            leaves_crowds: false,
            hunts: 0,
            unreached: 0,
        }
    }

    /// A start that an earlier process may have made at `since`: it is looked for like one that was not answered.
    pub fn left(now: Instant, since: Instant, bare: bool, needs_overrides: bool) -> Self {
        let trouble = Trouble {
            message: "an earlier process ended while it started the runner".to_owned(),
            hint: None,
        };
        let mut starting = Self::new(now, false, needs_overrides);
        starting.hunts = 1;
        if bare {
            starting.unverified(&trouble);
        } else {
            starting.phase = Phase::Hunt {
                since,
                lacked: false,
                trouble,
            };
        }
        starting
    }

    /// Give up at once, verified, where Cloud Run refuses for the rate: somebody else repeats the start when there is room.
    pub fn leave_crowds(&mut self) {
        self.leaves_crowds = true;
    }

    /// What to do now.
    pub fn next(&mut self, now: Instant) -> StartStep {
        if let Phase::Over(end) = &self.phase {
            return StartStep::Done((**end).clone());
        }
        if now < self.not_before {
            return StartStep::WaitUntil(self.not_before);
        }
        match self.phase {
            Phase::Post => {
                self.posts += 1;
                StartStep::Post { bare: self.bare }
            }
            _ => StartStep::List,
        }
    }

    /// Takes the answer to `jobs.run`.
    pub fn posted(&mut self, now: Instant, answer: PostAnswer) {
        match answer {
            PostAnswer::Started(execution, operation) => self.running(execution, Some(operation), false),
            PostAnswer::NotSent { permanent, trouble } => self.not_sent(now, permanent, trouble),
            PostAnswer::Refused {
                status,
                overrides_denied,
                rate_limited,
                wait,
                trouble,
            } => {
                if overrides_denied && !self.needs_overrides && !self.bare {
                    self.bare = true;
                } else {
                    self.refused(now, status, rate_limited, wait, trouble);
                }
            }
            PostAnswer::Ambiguous(trouble) if self.bare || self.hunts > 1 => self.unverified(&trouble),
            PostAnswer::Ambiguous(trouble) => {
                self.hunts += 1;
                self.phase = Phase::Hunt {
                    since: now,
                    lacked: false,
                    trouble,
                };
                self.not_before = now + HUNT_EVERY / 2;
            }
        }
    }

    fn not_sent(&mut self, now: Instant, permanent: bool, trouble: Trouble) {
        self.posts -= 1; // nothing left this machine
        if permanent {
            return self.fail("refused", exit::REFUSED, Started::No, trouble);
        }
        self.unreached += 1;
        let wait = Duration::from_secs(1 << self.unreached.min(3)) / 2;
        if now + wait >= self.begun + REACH {
            return self.fail("unreachable", exit::NOT_STARTED, Started::No, trouble);
        }
        self.not_before = now + wait;
    }

    fn refused(&mut self, now: Instant, status: u16, rate: bool, wait: Option<Duration>, trouble: Trouble) {
        match status {
            _ if rate => {}
            400 => return self.fail("invalid-request", exit::USAGE, Started::No, trouble),
            404 => return self.fail("no-such-job", exit::USAGE, Started::No, trouble),
            401 | 403 => return self.fail("refused", exit::REFUSED, Started::No, trouble),
            _ => {}
        }
        if self.bare && !rate {
            return self.unverified(&trouble);
        }
        self.not_before = now + wait.unwrap_or_default().clamp(SETTLE, LONGEST_WAIT);
        self.phase = Phase::Verify { trouble, rate };
    }

    /// Takes the outcome of a list.
    pub fn listed(&mut self, now: Instant, answer: ListAnswer) {
        match answer {
            ListAnswer::Found(execution) => self.running(execution, None, true),
            ListAnswer::Lacking => self.lacking(now),
            ListAnswer::Failed { permanent, trouble } => self.blind(now, permanent, trouble),
        }
    }

    fn lacking(&mut self, now: Instant) {
        match std::mem::replace(&mut self.phase, Phase::Post) {
            Phase::Verify { trouble, rate } if self.posts > REPEATS || (rate && self.leaves_crowds) => {
                let kind = if rate { RATE_LIMITED } else { "not-started" };
                self.fail(kind, exit::NOT_STARTED, Started::No, trouble);
            }
            Phase::Hunt {
                since,
                lacked,
                trouble,
            } => {
                let late = now >= since + HUNT;
                match (late && lacked, self.hunts) {
                    (true, 1) => {} // two late lists lack it: send once more
                    (true, _) => self.unverified(&trouble),
                    (false, _) => {
                        self.phase = Phase::Hunt {
                            since,
                            lacked: late,
                            trouble,
                        };
                        self.not_before = now + HUNT_EVERY;
                    }
                }
            }
            _ => {}
        }
    }

    fn blind(&mut self, now: Instant, permanent: bool, trouble: Trouble) {
        let since = match &self.phase {
            Phase::Look if permanent => return self.fail("refused", exit::REFUSED, Started::No, trouble),
            Phase::Look if now >= self.begun + REACH => {
                return self.fail("unreachable", exit::NOT_STARTED, Started::No, trouble);
            }
            Phase::Hunt { since, .. } => *since,
            _ => self.begun,
        };
        let looking = matches!(self.phase, Phase::Look);
        if !looking && (permanent || now >= since + HUNT_BLIND) {
            return self.unverified(&trouble);
        }
        self.not_before = now + HUNT_EVERY;
    }

    fn running(&mut self, execution: Arc<ExecutionView>, operation: Option<String>, adopted: bool) {
        let bare = self.bare;
        self.phase = Phase::Over(Box::new(StartEnd::Running {
            execution,
            operation,
            adopted,
            bare,
        }));
    }

    fn fail(&mut self, kind: &'static str, exit_code: u8, started: Started, trouble: Trouble) {
        let Trouble { message, hint } = trouble;
        let failure = StartFailure {
            kind,
            message,
            hint,
            exit_code,
            started,
        };
        self.phase = Phase::Over(Box::new(StartEnd::Failed(failure)));
    }

    fn unverified(&mut self, trouble: &Trouble) {
        let message = format!(
            "the runner may have been started, and that cannot be verified: {}",
            trouble.message
        );
        let hint = "Look for an execution whose environment has this LIFTOFF_LAUNCH_ID: \
                    gcloud run jobs executions list --job=JOB --region=REGION, then describe; \
                    start again only when there is none"
            .to_owned();
        let trouble = Trouble {
            message,
            hint: Some(hint),
        };
        self.fail("unverified", exit::UNVERIFIED, Started::Unknown, trouble);
    }
}
