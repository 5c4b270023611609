//! Starts, step by step.

use super::*;
use crate::core::execution::ExecutionState;
use crate::core::ids::ExecutionName;

fn trouble() -> Trouble {
    Trouble {
        message: "trouble".into(),
        hint: None,
    }
}

fn view() -> Arc<ExecutionView> {
    let name = ExecutionName::parse("projects/p/locations/l/jobs/j/executions/j-1").unwrap();
    Arc::new(ExecutionView {
        uid: "u".into(),
        ..ExecutionView::bare(name, ExecutionState::Pending)
    })
}

fn started() -> PostAnswer {
    PostAnswer::Started(view(), "op".into())
}

fn refused(status: u16) -> PostAnswer {
    let (overrides_denied, rate_limited) = (false, status == 429);
    PostAnswer::Refused {
        status,
        overrides_denied,
        rate_limited,
        wait: None,
        trouble: trouble(),
    }
}

/// Plays a start against a script of answers; gives how it ended, how often it was sent, and after how many seconds.
fn play(
    mut start: Starting,
    mut post: impl FnMut(u32) -> PostAnswer,
    mut list: impl FnMut(f64) -> ListAnswer,
) -> (StartEnd, u32, f64) {
    let zero = start.begun;
    let mut now = zero;
    let mut posts = 0;
    for _ in 0..500 {
        match start.next(now) {
            StartStep::Post { .. } => {
                posts += 1;
                start.posted(now, post(posts));
            }
            StartStep::List => {
                let answer = list((now - zero).as_secs_f64());
                start.listed(now, answer);
            }
            StartStep::WaitUntil(at) => now = at,
            StartStep::Done(end) => return (end, posts, (now - zero).as_secs_f64()),
        }
    }
    panic!("the start never ends");
}

fn fresh() -> Starting {
    Starting::new(Instant::now(), false, false)
}

#[track_caller]
fn fails_with(end: &StartEnd, code: u8) {
    assert!(
        matches!(end, StartEnd::Failed(failure) if failure.exit_code == code),
        "{end:?}"
    );
}

fn is_running(end: &StartEnd) -> bool {
    matches!(end, StartEnd::Running { .. })
}

#[test]
fn a_lost_response_is_found_in_the_list_and_never_sent_again() {
    let list = |at: f64| {
        if at > 20.0 {
            ListAnswer::Found(view())
        } else {
            ListAnswer::Lacking
        }
    };
    let (end, posts, after) = play(fresh(), |_| PostAnswer::Ambiguous(trouble()), list);
    assert!(
        is_running(&end) && posts == 1 && after < 25.0,
        "{end:?} {posts} {after}"
    );
}

#[test]
fn no_answer_is_sent_once_more_only_after_two_complete_lists_a_minute_later_lack_it() {
    let answers = |n| {
        if n == 1 {
            PostAnswer::Ambiguous(trouble())
        } else {
            PostAnswer::Started(view(), "op".into())
        }
    };
    let (end, posts, after) = play(fresh(), answers, |_| ListAnswer::Lacking);
    assert!(
        is_running(&end) && posts == 2 && (60.0..70.0).contains(&after),
        "{end:?} {posts} {after}"
    );
}

#[test]
fn two_lost_answers_without_a_trace_end_as_unverified() {
    let (end, posts, _) = play(
        fresh(),
        |_| PostAnswer::Ambiguous(trouble()),
        |_| ListAnswer::Lacking,
    );
    fails_with(&end, exit::UNVERIFIED);
    assert_eq!(posts, 2);
}

#[test]
fn a_lost_answer_whose_list_fails_too_is_unverified_and_sent_once() {
    let failing = |_| ListAnswer::Failed {
        permanent: false,
        trouble: trouble(),
    };
    let (end, posts, _) = play(fresh(), |_| PostAnswer::Ambiguous(trouble()), failing);
    fails_with(&end, exit::UNVERIFIED);
    assert_eq!(posts, 1);
}

#[test]
fn a_503_is_repeated_three_times_each_after_a_list_and_then_not_started() {
    let (end, posts, after) = play(fresh(), |_| refused(503), |_| ListAnswer::Lacking);
    fails_with(&end, exit::NOT_STARTED);
    assert!(posts == 4 && after >= 20.0, "{posts} {after}");
}

#[test]
fn a_503_that_started_a_runner_all_the_same_is_adopted() {
    let (end, posts, _) = play(fresh(), |_| refused(503), |_| ListAnswer::Found(view()));
    assert!(is_running(&end) && posts == 1);
}

#[test]
fn usage_and_permission_end_at_once_with_their_codes() {
    for (status, code) in [
        (400, exit::USAGE),
        (404, exit::USAGE),
        (401, exit::REFUSED),
        (403, exit::REFUSED),
    ] {
        let (end, posts, after) = play(fresh(), |_| refused(status), |_| ListAnswer::Lacking);
        fails_with(&end, code);
        assert!(posts == 1 && after < 0.1);
    }
}

#[test]
fn without_the_permission_for_overrides_it_starts_bare_unless_they_are_needed() {
    let denied = PostAnswer::Refused {
        status: 403,
        overrides_denied: true,
        rate_limited: false,
        wait: None,
        trouble: trouble(),
    };
    let answers = |n| {
        if n == 1 {
            denied.clone()
        } else {
            PostAnswer::Started(view(), "op".into())
        }
    };
    let (end, _, _) = play(fresh(), answers, |_| ListAnswer::Lacking);
    assert!(matches!(end, StartEnd::Running { bare: true, .. }));
    let (end, posts, _) = play(Starting::new(Instant::now(), false, true), answers, |_| {
        ListAnswer::Lacking
    });
    fails_with(&end, exit::REFUSED);
    assert_eq!(posts, 1);
}

#[test]
fn nothing_that_listens_is_not_started_within_thirty_seconds() {
    let unreachable = |_| PostAnswer::NotSent {
        permanent: false,
        trouble: trouble(),
    };
    let (end, _, after) = play(fresh(), unreachable, |_| ListAnswer::Lacking);
    fails_with(&end, exit::NOT_STARTED);
    assert!(after < 25.0);
}

#[test]
fn an_id_of_the_callers_attaches_to_the_execution_that_has_it() {
    let start = Starting::new(Instant::now(), true, true);
    let (end, posts, _) = play(start, |_| refused(500), |_| ListAnswer::Found(view()));
    assert!(matches!(end, StartEnd::Running { adopted: true, .. }) && posts == 0);
}

#[test]
fn a_batch_leaves_a_crowd_after_one_refusal_and_one_list_that_proves_that_nothing_was_started() {
    let mut start = fresh();
    start.leave_crowds();
    let (end, posts, after) = play(start, |_| refused(429), |_| ListAnswer::Lacking);
    let StartEnd::Failed(failure) = end else {
        panic!("{end:?}")
    };
    assert_eq!(
        (failure.kind, failure.started, failure.exit_code),
        (RATE_LIMITED, Started::No, 9)
    );
    assert!(posts == 1 && after < 6.0, "{posts} {after}");
}

#[test]
fn what_an_earlier_process_may_have_sent_is_adopted_or_sent_once_more_after_two_lists_a_minute_later() {
    let left = |seconds: u64| {
        let now = Instant::now() + Duration::from_mins(10);
        Starting::left(now, now - Duration::from_secs(seconds), false, true)
    };
    let (end, posts, _) = play(left(1), |_| started(), |_| ListAnswer::Found(view()));
    assert!(is_running(&end) && posts == 0, "{end:?}");
    let (end, posts, after) = play(left(1), |_| started(), |_| ListAnswer::Lacking);
    assert!(
        is_running(&end) && posts == 1 && after >= 59.0,
        "{end:?} {posts} {after}"
    );
    let (end, posts, after) = play(left(300), |_| started(), |_| ListAnswer::Lacking);
    assert!(
        is_running(&end) && posts == 1 && after < 5.0,
        "{end:?} {posts} {after}"
    );
}

#[test]
fn what_may_have_been_sent_without_an_id_stays_unverified() {
    let now = Instant::now();
    let (end, posts, _) = play(
        Starting::left(now, now, true, false),
        |_| started(),
        |_| ListAnswer::Lacking,
    );
    let StartEnd::Failed(failure) = end else {
        panic!("{end:?}")
    };
    assert_eq!(
        (posts, failure.exit_code, failure.started),
        (0, 8, Started::Unknown)
    );
}
