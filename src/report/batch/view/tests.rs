use jiff::SignedDuration;
use proptest::prelude::*;
use unicode_width::UnicodeWidthStr;

use super::*;
use crate::core::event::{Event, EventKind};
use crate::core::finding::Phase;
use crate::core::text::is_unsafe;
use crate::core::verdict::{Path, Verdict};
use crate::report::Style;
use crate::report::batch::Batch;
use crate::report::sample;

const PLAIN: Style = Style::PLAIN;

const PHASES: [Phase; 7] = [
    Phase::ContainerStarted,
    Phase::AgentPolling,
    Phase::JobReceived,
    Phase::CodeFetched,
    Phase::Building,
    Phase::Submitting,
    Phase::Submitted,
];

fn board(launches: usize) -> Board {
    Board::new(Batch {
        id: "sweep-lr".into(),
        launches,
        parallel: 20,
    })
}

fn begin() -> Timestamp {
    sample::requested("plain").at
}

fn after(seconds: u64) -> Timestamp {
    begin() + SignedDuration::from_secs(i64::try_from(seconds).unwrap())
}

fn at(event: Event, n: usize, seconds: u64) -> Event {
    let mut event = sample::named(event, &format!("train-{n:04}"));
    event.at = after(seconds);
    event
}

fn failing(category: &str, summary: &str) -> Verdict {
    Verdict {
        category: Some(category.into()),
        summary: summary.into(),
        ..sample::failure()
    }
}

/// A verdict for every tenth of a batch.
fn verdict(n: usize) -> Verdict {
    match n % 10 {
        7 => failing(
            "quota-exceeded",
            "Vertex AI refused the job: the quota for NVIDIA A100 GPUs in us-central1 is used up",
        ),
        8 if n % 20 == 8 => failing("image-not-found", "the image eu.gcr.io/p/train:v3 does not exist"),
        9 if n % 30 == 9 => Verdict {
            outcome: Outcome::Undetermined,
            path: Path::Ambiguous,
            category: None,
            summary: "two custom jobs match this launch".into(),
            ..sample::failure()
        },
        _ => sample::success(),
    }
}

/// So many of a batch done, so many under way, the rest waiting.
fn running(launches: usize, done: usize, active: usize) -> Board {
    let mut board = board(launches);
    for n in 0..done + active {
        let start = n as u64 * 3;
        board.take(&at(sample::requested("plain"), n, start));
        board.take(&at(sample::started("plain"), n, start + 1));
        if n < done {
            let took = 10 + n as u64 * 7 % 40;
            board.take(&at(sample::verdict(verdict(n)), n, start + took));
            continue;
        }
        for phase in PHASES.into_iter().take(n % 8) {
            board.take(&at(sample::phase(phase, 2), n, start + 2));
        }
        if n % 3 == 0 {
            board.take(&at(
                sample::log("wandb: launch: \u{1b}[1mLaunch agent\u{1b}[0m received job"),
                n,
                start + 3,
            ));
        }
    }
    board
}

fn shown(board: &Board, width: usize, height: usize, now: Timestamp) -> String {
    let lines = lines(board, Size { width, height }, now);
    let text: Vec<String> = lines
        .iter()
        .map(|line| line.painted(PLAIN).trim_end().to_owned())
        .collect();
    text.join("\n")
}

fn check(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../../snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

#[test]
fn it_reads_well_in_every_size() {
    let some = running(200, 57, 20);
    let now = after(57 * 3 + 80);
    check("table-80x24", &shown(&some, 80, 24, now));
    check("table-40x10", &shown(&some, 40, 10, now));
    check("table-200x50", &shown(&some, 200, 50, now));
    check(
        "table-of-2000",
        &shown(&running(2_000, 1_840, 150), 80, 24, after(6_100)),
    );
    check("table-begins", &shown(&running(200, 0, 3), 80, 24, after(9)));
    check("table-ends", &shown(&running(30, 30, 0), 80, 24, after(200)));
}

#[test]
fn every_height_down_to_nothing_shows_what_matters_most() {
    let some = running(200, 57, 20);
    for height in 0..30 {
        let text = shown(&some, 80, height, after(300));
        assert!(text.lines().count() <= height, "{height}: {text}");
        assert_eq!(text.contains("57 of 200 done"), height > 0);
        assert_eq!(text.contains("◇"), height > 4, "{height}: {text}");
    }
}

#[test]
fn a_failed_launch_that_is_tried_again_is_active_and_counted_once() {
    let mut board = board(2);
    let attempt = |mut event: Event, attempt| {
        event.attempt = Some(attempt);
        event
    };
    board.take(&at(sample::requested("plain"), 1, 0));
    board.take(&attempt(at(sample::started("plain"), 1, 1), 1));
    board.take(&attempt(at(sample::verdict(sample::failure()), 1, 9), 1));
    assert_eq!((board.tally.of(Outcome::Failure), board.active.len()), (1, 0));

    let late = at(
        sample::event(10, EventKind::Diagnosis(Box::new(sample::diagnosis("plain")))),
        1,
        10,
    );
    board.take(&attempt(late, 1));
    board.take(&attempt(at(sample::log("late"), 1, 11), 1));
    assert_eq!(
        (board.tally.all(), board.active.len()),
        (1, 0),
        "what comes late changes no place"
    );

    board.take(&attempt(at(sample::started("plain"), 1, 30), 2));
    assert_eq!(
        (board.tally.all(), board.active.len(), board.failures.len()),
        (0, 1, 0)
    );
    assert!(shown(&board, 80, 24, after(42)).contains("12s  again:"));

    board.take(&attempt(at(sample::verdict(sample::success()), 1, 50), 2));
    assert_eq!((board.tally.to_string().as_str(), board.waiting()), ("1 ok", 1));
}

#[test]
fn a_launch_that_was_not_started_is_over_until_it_is_asked_for_again() {
    let mut board = board(2);
    let unasked = |event: Event| Event {
        attempt: None,
        ..event
    };
    let refused = EventKind::NotStarted(sample::refusal("plain"));
    board.take(&unasked(at(sample::requested("plain"), 1, 0)));
    board.take(&unasked(at(sample::event(2, refused), 1, 2)));
    assert_eq!(board.tally.to_string(), "1 not started (1 no-such-job)");
    assert_eq!((board.active.len(), board.waiting()), (0, 1));
    assert!(shown(&board, 120, 24, after(4)).contains("there is no job"));

    board.take(&unasked(at(sample::requested("plain"), 1, 9)));
    assert_eq!(
        (board.active.len(), board.tally.all(), board.failures.len()),
        (1, 0, 0)
    );
}

#[test]
fn a_diagnosis_that_names_the_cause_moves_the_launch_there() {
    let mut board = board(1);
    board.take(&at(sample::requested("plain"), 1, 0));
    board.take(&at(sample::verdict(failing("exit", "exit(1)")), 1, 9));
    let found = EventKind::Diagnosis(Box::new(sample::diagnosis("plain")));
    board.take(&at(sample::event(10, found), 1, 10));
    assert_eq!(board.tally.to_string(), "1 failed (1 quota-exceeded)");
    assert!(shown(&board, 120, 24, after(12)).contains("Vertex AI refused"));
}

#[test]
fn only_roles_make_escapes() {
    let board = running(40, 30, 5);
    let line = &lines(
        &board,
        Size {
            width: 80,
            height: 24,
        },
        after(100),
    )[1];
    assert!(!line.painted(PLAIN).contains('\u{1b}'));
    assert!(line.painted(Style { color: true, ..PLAIN }).contains('\u{1b}'));
}

/// Any events of a few launches, with text from anywhere.
fn events() -> impl Strategy<Value = Vec<Event>> {
    let text = prop_oneof!["\\PC{0,90}", any::<String>(), Just(sample::HOSTILE.to_owned())];
    let one = (text, 0..10_usize, 0..6_usize, 1..3_u32, 0..4_000_u64).prop_map(
        |(text, kind, n, attempt, seconds)| {
            let mut event = sample::every_kind(&format!("x{}", text.replace('/', "_"))).swap_remove(kind);
            event = sample::named(event, &format!("{n}{text}"));
            event.launch = Some(format!("launch-{n}"));
            event.attempt = Some(attempt);
            event.at = after(seconds);
            event
        },
    );
    prop::collection::vec(one, 0..40)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn nothing_is_longer_wider_or_less_safe_than_it_may_be(
        events in events(),
        width in 0..130_usize,
        height in 0..40_usize,
    ) {
        let mut board = board(5);
        for event in &events {
            board.take(event);
        }
        prop_assert_eq!(board.active.len() + board.tally.all() + board.waiting(), board.launches());
        let lines = lines(&board, Size { width, height }, after(5_000));
        prop_assert!(lines.len() <= height);
        for line in lines {
            let text = line.painted(PLAIN);
            prop_assert!(text.width() <= width, "{text:?}");
            prop_assert!(!text.chars().any(is_unsafe), "{text:?}");
            prop_assert!(!text.contains(sample::SECRET), "{text:?}");
        }
    }
}
