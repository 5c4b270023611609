//! The execution hub: what many executions cost.

use std::cell::RefCell;
use std::rc::Rc;

use tokio::sync::oneshot;

use super::call::ListCall;
use super::*;
use crate::core::execution::ExecutionState;
use crate::core::execution::ExecutionState::{Failed, Running};

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

fn view(number: usize, state: ExecutionState) -> ExecutionView {
    ExecutionView::bare(name(number), state)
}

fn at(mono: Instant) -> Moment {
    Moment {
        mono,
        wall: jiff::Timestamp::UNIX_EPOCH,
    }
}

/// A feed of so many executions, that tells which of them it has read.
fn feed(executions: usize, told: &Rc<RefCell<Vec<usize>>>, zero: Instant) -> ExecutionFeed {
    let share = Share {
        alone: 60.0,
        together: 480.0,
    };
    let mut feed = ExecutionFeed::new(scope(), share, zero);
    for number in 0..executions {
        let told = Rc::clone(told);
        let sink = move |delivery| {
            if matches!(delivery, ExecutionDelivery::View(_)) {
                told.borrow_mut().push(number);
            }
        };
        feed.subscribe(zero, &name(number), None, Box::new(sink));
    }
    feed
}

/// Answers the page that is asked for next, which must be the one with this token.
fn answer(feed: &mut ExecutionFeed, now: Instant, token: Option<&str>, page: ExecutionsPage) {
    match feed.next(at(now)) {
        Next::Call(ExecutionCall::List(call)) => assert_eq!(call.token.as_deref(), token),
        other => panic!("{other:?}"),
    }
    feed.on_reply(at(now), ExecutionReply::Listed(Ok(page)));
}

/// An execution by a text that tells nothing but its name and state.
fn listed(view: ExecutionView) -> Listed<ExecutionView> {
    Listed {
        fingerprint: text(&view),
        item: view,
    }
}

fn text(view: &ExecutionView) -> Fingerprint {
    Fingerprint::of(&format!("{} {:?}", view.name, view.state))
}

/// A page with these executions, and perhaps another after it.
fn page(executions: impl IntoIterator<Item = ExecutionView>, next: Option<u32>) -> ExecutionsPage {
    ExecutionsPage {
        fresh: executions.into_iter().map(listed).collect(),
        next: next.map(|next| next.to_string()),
        ..ExecutionsPage::default()
    }
}

/// Lists within a minute, after the first, where each has so many pages.
fn lists(executions: usize, pages: u32) -> usize {
    let zero = Instant::now();
    let mut feed = feed(executions, &Rc::default(), zero);
    let (mut now, mut lists) = (zero, 0);
    while now < zero + 60 * SECOND {
        match feed.next(at(now)) {
            Next::Call(ExecutionCall::List(call)) => {
                let read: u32 = call.token.map_or(0, |token| token.parse().unwrap());
                lists += usize::from(read == 0);
                let next = Some(read + 1).filter(|read| *read < pages);
                feed.on_reply(at(now), ExecutionReply::Listed(Ok(page([], next))));
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
    let mut feed = feed(0, &Rc::default(), zero);
    let operation = "projects/p/locations/us-central1/operations/o";
    feed.subscribe(zero, &name(1), Some(operation.into()), Box::new(|_| {}));
    let Next::Call(ExecutionCall::Wait(_, _, mut unwanted)) = feed.next(at(zero)) else {
        panic!("the wait comes first");
    };
    assert_eq!(unwanted.try_recv(), Err(oneshot::error::TryRecvError::Empty));
    feed.unsubscribe(zero, &name(1));
    assert_eq!(unwanted.try_recv(), Err(oneshot::error::TryRecvError::Closed));
}

#[test]
fn an_end_on_the_first_page_is_told_before_the_second_is_asked_for() {
    let (zero, told) = (Instant::now(), Rc::default());
    let mut feed = feed(MANY + 1, &told, zero);
    answer(&mut feed, zero, None, page([view(7, Failed)], Some(1)));
    assert_eq!(told.take(), [7]);
    answer(&mut feed, zero, Some("1"), page([view(8, Running)], None));
    assert_eq!(told.take(), [8]);
    assert!(matches!(feed.next(at(zero)), Next::At(_)), "the list is over");
}

#[test]
fn what_is_demanded_of_one_among_many_is_asked_at_once_and_once() {
    let zero = Instant::now();
    let mut feed = feed(MANY + 1, &Rc::default(), zero);
    answer(&mut feed, zero, None, page([], None));
    feed.read_now(&name(3));
    feed.read_tasks(&name(3));
    let mut asked = Vec::new();
    while let Next::Call(call) = feed.next(at(zero)) {
        asked.push(call);
    }
    assert!(
        matches!(&asked[..], [ExecutionCall::Tasks(tasks), ExecutionCall::Get(read)] if *tasks == name(3) && tasks == read),
        "{asked:?}"
    );
    feed.on_reply(at(zero), ExecutionReply::Tasks(name(3), Ok(Vec::new())));
    feed.on_reply(at(zero), ExecutionReply::Got(name(3), Ok(view(3, Running))));
    assert!(matches!(feed.next(at(zero)), Next::At(_)) && feed.demanded.is_empty());
}

#[test]
fn a_list_that_has_shown_all_that_is_wanted_ends_there() {
    let (zero, told) = (Instant::now(), Rc::default());
    let mut feed = feed(MANY + 1, &told, zero);
    let all = (0..=MANY).map(|number| view(number, Running));
    answer(&mut feed, zero, None, page(all, Some(1)));
    assert!(matches!(feed.next(at(zero)), Next::At(_)));
}

/// A page of which these executions are known by their texts.
fn known(feed: &ExecutionFeed, views: impl IntoIterator<Item = ExecutionView>) -> ExecutionsPage {
    let whose = |view| feed.texts.borrow().whose(text(&view));
    ExecutionsPage {
        known: views.into_iter().map(|view| whose(view).unwrap()).collect(),
        ..ExecutionsPage::default()
    }
}

#[test]
fn an_execution_that_reads_as_before_is_shown_and_not_told_again() {
    let (zero, told) = (Instant::now(), Rc::default());
    let mut feed = feed(MANY + 1, &told, zero);
    let all = || (0..=MANY).map(|number| view(number, Running));
    answer(&mut feed, zero, None, page(all(), None));
    assert_eq!(told.take().len(), MANY + 1);
    let mut again = known(&feed, all());
    again.next = Some("1".to_owned());
    answer(&mut feed, zero + 10 * SECOND, None, again);
    assert!(told.take().is_empty());
    assert!(
        matches!(feed.next(at(zero + 10 * SECOND)), Next::At(_)),
        "all were shown"
    );
}

#[test]
fn who_comes_when_the_list_knows_an_execution_is_told_of_it_by_the_next() {
    let (zero, told) = (Instant::now(), Rc::new(RefCell::new(0)));
    let mut feed = feed(MANY + 1, &Rc::default(), zero);
    answer(
        &mut feed,
        zero,
        None,
        page([view(1000, Running), view(1001, Failed)], None),
    );
    let whose = |feed: &ExecutionFeed, view: &ExecutionView| feed.texts.borrow().whose(text(view));
    for seen in [view(1000, Running), view(1001, Failed)] {
        assert!(whose(&feed, &seen).is_some());
        let told = Rc::clone(&told);
        feed.linger(seen.name.clone(), Box::new(move || *told.borrow_mut() += 1));
        assert!(whose(&feed, &seen).is_none(), "it must be read again");
    }
    answer(
        &mut feed,
        zero + 10 * SECOND,
        None,
        page([view(1000, Running), view(1001, Failed)], None),
    );
    assert_eq!(*told.borrow(), 1);
    let seen = view(1000, Running);
    feed.subscribe(zero, &seen.name, None, Box::new(|_| {}));
    assert!(whose(&feed, &seen).is_none(), "it must be read again");
}

#[test]
fn a_list_that_fails_at_a_later_page_begins_anew() {
    let (zero, told) = (Instant::now(), Rc::default());
    let mut feed = feed(MANY + 1, &told, zero);
    answer(&mut feed, zero, None, page([], Some(1)));
    assert!(matches!(
        feed.next(at(zero)),
        Next::Call(ExecutionCall::List(ListCall { token: Some(_), .. }))
    ));
    let failure = Failure {
        why: "503".into(),
        kind: ErrorKind::Transient,
        wait: None,
    };
    feed.on_reply(at(zero), ExecutionReply::Listed(Err(failure)));
    answer(&mut feed, zero + 60 * SECOND, None, page([], None));
}

#[test]
fn a_list_without_end_is_a_failure_and_not_an_end() {
    let (zero, told) = (Instant::now(), Rc::default());
    let mut feed = feed(MANY + 1, &told, zero);
    let calls = (0..1000).map_while(|_| match feed.next(at(zero)) {
        Next::Call(ExecutionCall::List(..)) => {
            feed.on_reply(at(zero), ExecutionReply::Listed(Ok(page([], Some(1)))));
            Some(())
        }
        _ => None,
    });
    assert_eq!(calls.count(), 200);
    assert!(feed.sight.retry_at().is_some());
}

#[test]
fn a_runner_is_gone_when_a_whole_list_misses_it_that_has_shown_it_before() {
    let (zero, gone) = (Instant::now(), Rc::new(RefCell::new(0)));
    let mut feed = feed(0, &Rc::default(), zero);
    let count = Rc::clone(&gone);
    feed.linger(name(1), Box::new(move || *count.borrow_mut() += 1));
    let mut now = zero;
    for (pages, wanted) in [
        (vec![page([], None)], 0),
        (vec![page([], Some(1)), page([view(1, Running)], None)], 0),
        (vec![page([], Some(1)), page([], None)], 1),
    ] {
        let mut token = None;
        for page in pages {
            let next = page.next.clone();
            answer(&mut feed, now, token.as_deref(), page);
            token = next;
        }
        assert_eq!(*gone.borrow(), wanted);
        now += 10 * SECOND;
    }
}
