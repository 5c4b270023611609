//! What is left to do of a batch that was interrupted, by what its journal says. Pure.
//!
//! ```text
//!  the last attempt is      and so it is
//!  planned                  launched: nothing was sent
//!  intended                 looked for, and launched only when complete lists lack it
//!  accepted                 supervised on
//!  ended, with a verdict    over; another try follows where its cause can pass and tries are left
//!  ended, interrupted       supervised on, or looked for
//!  ended without a verdict  launched (nothing was started) or looked for (that could not be verified)
//! ```

use crate::core::batch::can_pass;
use crate::core::ids::LaunchId;
use crate::core::spec::{LaunchSpec, Left};
use crate::core::verdict::{Outcome, Started, exit};
use crate::journal::{Accepted, Attempt, AttemptState, Batch, End, Launch};

use super::outcome::LaunchEnd;

/// A batch, taken up again.
#[derive(Clone, Debug, Default)]
pub struct Resumed {
    /// What is to be supervised, runners that exist first: their slots are taken already.
    pub launches: Vec<LaunchSpec>,
    /// Launches that came to their end before, in the order of the batch.
    pub ended: Vec<LaunchEnd>,
    /// Launches that have to be started and whose specification lost secrets: where it lost them.
    pub withheld: Vec<(LaunchId, Vec<String>)>,
}

/// What is left of a batch. `retries`: further tries of a launch whose cause can pass.
pub fn resume(batch: &Batch, retries: u32) -> Resumed {
    let mut resumed = Resumed::default();
    for launch in &batch.launches {
        let Some(last) = launch.last() else { continue };
        match next(last, launch, retries) {
            Next::Over(end) => resumed.ended.push(over(launch, last, end)),
            Next::GoOn { attempt, left } => {
                let stored = &launch.spec;
                if !matches!(left, Left::Running { .. }) && !stored.withheld.is_empty() {
                    resumed
                        .withheld
                        .push((launch.id.clone(), stored.withheld.clone()));
                }
                resumed.launches.push(LaunchSpec {
                    attempt,
                    left,
                    ..stored.spec.clone()
                });
            }
        }
    }
    let order = |spec: &LaunchSpec| match spec.left {
        Left::Running { .. } => 0,
        Left::Sent { .. } => 1,
        Left::Nothing => 2,
    };
    resumed.launches.sort_by_key(order); // stable: in the batch's order within each
    resumed
}

enum Next<'a> {
    Over(&'a End),
    GoOn { attempt: u32, left: Left },
}

fn next<'a>(last: &'a Attempt, launch: &Launch, retries: u32) -> Next<'a> {
    let attempt = last.number;
    let left = match &last.state {
        AttemptState::Planned => Left::Nothing,
        AttemptState::Intended { at, bare } => Left::Sent { at: *at, bare: *bare },
        AttemptState::Accepted(accepted) => running(accepted),
        AttemptState::Ended(end) => match after_end(end, last, launch) {
            Some(left) => left,
            None if may_pass(end, attempt, retries) => {
                let (attempt, left) = (attempt + 1, Left::Nothing);
                return Next::GoOn { attempt, left };
            }
            None => return Next::Over(end),
        },
    };
    Next::GoOn { attempt, left }
}

/// An end that is none: what it left. `None` for one that stands.
fn after_end(end: &End, last: &Attempt, launch: &Launch) -> Option<Left> {
    let interrupted = |end: &End| {
        end.verdict
            .as_ref()
            .is_some_and(|v| v.outcome == Outcome::Interrupted)
    };
    let stands = match end.verdict {
        Some(_) => !interrupted(end),
        None => end.exit_code == exit::SUCCESS, // detached
    };
    let sent = || Left::Sent {
        at: launch.created_at,
        bare: false,
    };
    match (&last.accepted, end.started) {
        _ if stands => None,
        (Some(accepted), _) => Some(running(accepted)),
        (None, Started::No) => Some(Left::Nothing),
        (None, Started::Yes | Started::Unknown) => Some(sent()),
    }
}

fn running(accepted: &Accepted) -> Left {
    Left::Running {
        execution: accepted.execution.clone(),
        operation: accepted.operation.clone(),
    }
}

fn may_pass(end: &End, attempt: u32, retries: u32) -> bool {
    let verdict = end.verdict.as_ref();
    let category = verdict.and_then(|verdict| verdict.category.as_deref());
    attempt <= retries && end.exit_code == exit::FAILED && category.is_some_and(can_pass)
}

fn over(launch: &Launch, last: &Attempt, end: &End) -> LaunchEnd {
    LaunchEnd {
        launch: launch.id.to_string(),
        name: launch.name.clone(),
        attempt: last.number,
        elapsed_ms: end.elapsed_ms,
        verdict: end.verdict.clone(),
        failure: None,
        started: end.started,
        runner: None,
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::core::ids::ExecutionName;
    use crate::core::spec::LaunchSpec;
    use crate::journal::{NewBatch, Stored};
    use crate::report::sample;

    const AT: &str = "2026-11-23T10:00:00Z";

    fn at() -> Timestamp {
        AT.parse().unwrap()
    }

    fn accepted() -> Accepted {
        Accepted {
            execution: ExecutionName::parse("projects/p/locations/l/jobs/j/executions/j-1").unwrap(),
            operation: Some("op".into()),
            at: at(),
        }
    }

    fn end(
        exit_code: u8,
        outcome: Option<Outcome>,
        category: Option<&str>,
        started: Started,
    ) -> AttemptState {
        let verdict = outcome.map(|outcome| crate::core::verdict::Verdict {
            outcome,
            exit_code,
            category: category.map(ToOwned::to_owned),
            ..sample::success()
        });
        AttemptState::Ended(Box::new(End {
            at: at(),
            started,
            elapsed_ms: 5,
            exit_code,
            verdict,
            failure: None,
        }))
    }

    fn attempt(number: u32, state: AttemptState, with_execution: bool) -> Attempt {
        let runner = LaunchId::parse("l").unwrap().of_attempt(number);
        let accepted = with_execution.then(accepted);
        Attempt {
            number,
            runner,
            state,
            accepted,
        }
    }

    fn batch(attempts: Vec<Attempt>) -> Batch {
        let spec: LaunchSpec = crate::journal::tests::spec("l");
        let launch = Launch {
            id: spec.id.clone(),
            batch: Some("b".into()),
            name: Some("n".into()),
            position: 0,
            created_at: at(),
            spec: Stored::new(spec),
            labels: std::collections::BTreeMap::new(),
            attempts,
        };
        let begun = NewBatch {
            id: "b".into(),
            created_at: at(),
            source: None,
            digest: None,
            options: serde_json::Value::Null,
        };
        Batch {
            begun,
            finished: None,
            launches: vec![launch],
        }
    }

    fn left(attempts: Vec<Attempt>, retries: u32) -> Option<(u32, Left)> {
        let resumed = resume(&batch(attempts), retries);
        assert_eq!(resumed.launches.len() + resumed.ended.len(), 1);
        resumed
            .launches
            .first()
            .map(|spec| (spec.attempt, spec.left.clone()))
    }

    #[test]
    fn each_state_of_the_last_attempt_has_its_way_on() {
        let sent = |bare| Left::Sent { at: at(), bare };
        let going = running(&accepted());
        let (no, yes, unknown) = (Started::No, Started::Yes, Started::Unknown);
        let one = |state, with_execution| left(vec![attempt(1, state, with_execution)], 0);
        let go = |left| Some((1, left));
        assert_eq!(one(AttemptState::Planned, false), go(Left::Nothing));
        for bare in [false, true] {
            assert_eq!(
                one(AttemptState::Intended { at: at(), bare }, false),
                go(sent(bare))
            );
        }
        assert_eq!(one(AttemptState::Accepted(accepted()), true), go(going.clone()));
        for (exit_code, outcome) in [
            (0, Outcome::Success),
            (1, Outcome::Failure),
            (5, Outcome::Undetermined),
        ] {
            assert_eq!(one(end(exit_code, Some(outcome), None, yes), true), None);
        }
        let interrupted = |started| end(130, Some(Outcome::Interrupted), None, started);
        assert_eq!(one(interrupted(yes), true), go(going.clone()));
        assert_eq!(one(interrupted(unknown), false), go(sent(false)));
        assert_eq!(one(interrupted(no), false), go(Left::Nothing));
        assert_eq!(one(end(9, None, None, no), false), go(Left::Nothing));
        assert_eq!(one(end(8, None, None, unknown), false), go(sent(false)));
        assert_eq!(one(end(7, None, None, unknown), true), go(going));
        assert_eq!(one(end(0, None, None, yes), true), None, "detached");
    }

    #[test]
    fn a_cause_that_can_pass_gets_the_tries_that_are_left() {
        let passed = |n| {
            attempt(
                n,
                end(1, Some(Outcome::Failure), Some("stockout"), Started::Yes),
                true,
            )
        };
        assert_eq!(left(vec![passed(1)], 0), None);
        assert_eq!(left(vec![passed(1)], 2), Some((2, Left::Nothing)));
        assert_eq!(left(vec![passed(1), passed(2)], 2), Some((3, Left::Nothing)));
        assert_eq!(left(vec![passed(1), passed(2), passed(3)], 2), None);
    }
}
