//! The execution hub: what many executions cost.

use tokio::sync::oneshot;

use super::*;

const SECOND: Duration = Duration::from_secs(1);

fn scope() -> Scope {
    Scope {
        project: "p".into(),
        region: "us-central1".into(),
    }
}

fn name(number: usize) -> ExecutionName {
    ExecutionName::parse(&format!(
        "projects/p/locations/us-central1/jobs/train/executions/train-{number}"
    ))
    .unwrap()
}

/// Lists within a minute, after the first, where each has so many pages.
fn lists(executions: usize, pages: u32) -> usize {
    let zero = Instant::now();
    let share = Share {
        alone: 60.0,
        together: 480.0,
    };
    let mut feed = ExecutionFeed::new(scope(), share, zero);
    for number in 0..executions {
        feed.subscribe(zero, &name(number), None, Box::new(|_| {}));
    }
    let (mut now, mut lists) = (zero, 0);
    while now < zero + 60 * SECOND {
        let moment = Moment {
            mono: now,
            wall: jiff::Timestamp::UNIX_EPOCH,
        };
        match feed.next(moment) {
            Next::Call(ExecutionCall::List(..)) => {
                lists += 1;
                let page = ExecutionsPage {
                    pages,
                    ..ExecutionsPage::default()
                };
                feed.on_reply(moment, ExecutionReply::Listed(Ok(page)));
            }
            Next::Call(call) => panic!("{call:?}"),
            Next::At(at) => now = at,
            Next::Idle => break,
        }
    }
    lists - 1
}

#[test]
fn many_executions_are_read_by_one_list_whose_pages_cost_a_second_each() {
    for (executions, pages, a_minute) in [
        (101, 1, 29..=30),
        (101, 2, 29..=30),
        (1000, 10, 5..=6),
        (5000, 50, 1..=1),
    ] {
        let lists = lists(executions, pages);
        assert!(a_minute.contains(&lists), "{executions}: {lists}");
    }
}

#[test]
fn a_launch_that_is_over_ends_its_wait() {
    let zero = Instant::now();
    let share = Share {
        alone: 60.0,
        together: 480.0,
    };
    let mut feed = ExecutionFeed::new(scope(), share, zero);
    let operation = "projects/p/locations/us-central1/operations/o";
    feed.subscribe(zero, &name(1), Some(operation.into()), Box::new(|_| {}));
    let moment = Moment {
        mono: zero,
        wall: jiff::Timestamp::UNIX_EPOCH,
    };
    let Next::Call(ExecutionCall::Wait(_, _, mut unwanted)) = feed.next(moment) else {
        panic!("the wait comes first");
    };
    assert_eq!(unwanted.try_recv(), Err(oneshot::error::TryRecvError::Empty));
    feed.unsubscribe(zero, &name(1));
    assert_eq!(unwanted.try_recv(), Err(oneshot::error::TryRecvError::Closed));
}
