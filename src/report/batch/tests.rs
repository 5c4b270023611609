use std::fmt::Write as _;

use indicatif::InMemoryTerm;

use super::*;
use crate::core::event::EventKind;
use crate::core::verdict::Retry;
use crate::report::sample;

const STYLE: Style = Style {
    color: false,
    terminal: true,
    width: 80,
};

fn batch(launches: usize) -> Batch {
    Batch {
        id: "nightly".into(),
        launches,
        parallel: 20,
    }
}

/// An event so many seconds after the first.
fn at(event: Event, name: &str, seconds: u64) -> Event {
    let mut event = sample::named(event, name);
    event.at += SignedDuration::from_secs(i64::try_from(seconds).unwrap());
    event.elapsed_ms = Some(seconds * 1000);
    event
}

fn three() -> Vec<Event> {
    vec![
        at(sample::requested("plain"), "a", 0),
        at(sample::started("plain"), "a", 1),
        at(sample::requested("plain"), "b", 1),
        at(sample::verdict(sample::success()), "a", 14),
        at(sample::started("plain"), "b", 15),
        at(sample::verdict(sample::failure()), "b", 40),
        at(sample::requested("plain"), "c", 41),
    ]
}

/// The third of them cannot be started.
fn refused() -> Event {
    let mut event = sample::event(0, EventKind::NotStarted(sample::refusal("plain")));
    event.attempt = None;
    at(event, "c", 42)
}

fn live(term: &InMemoryTerm) -> Crowd<Vec<u8>> {
    let table: Box<dyn TermLike> = Box::new(term.clone());
    Crowd::new(Vec::new(), STYLE, Verbosity::Normal, false, batch(4), Some(table))
}

#[test]
fn the_table_is_drawn_over_itself_and_taken_away_at_the_end() {
    let term = InMemoryTerm::new(24, 80);
    let mut crowd = live(&term);
    for event in three() {
        crowd.event(&event).unwrap();
    }
    let drawn = term.contents();
    assert_eq!(drawn.matches("Batch nightly").count(), 1, "{drawn}");
    assert!(drawn.contains("2 of 4 done · 1 active · 1 waiting"), "{drawn}");
    assert!(drawn.contains("✗ launch") || drawn.contains("✗ b"), "{drawn}");
    crowd
        .event(&sample::summary(
            vec![sample::success(), sample::failure()],
            1,
            Retry::Pointless,
        ))
        .unwrap();
    crowd.finish().unwrap();
    assert_eq!(term.contents(), "");
}

#[test]
fn it_is_drawn_ten_times_a_second_at_most_whatever_happens() {
    let term = InMemoryTerm::new(24, 80);
    let mut crowd = live(&term);
    let mut event = at(sample::log("step"), "a", 0);
    crowd.event(&event).unwrap();
    let _ = term.moves_since_last_check();
    for _ in 0..2_000 {
        event.at += SignedDuration::from_micros(500);
        crowd.event(&event).unwrap();
    }
    let drawn = term.moves_since_last_check().matches("Batch nightly").count();
    assert!((1..=10).contains(&drawn), "{drawn}");
}

#[test]
fn ages_go_on_while_nothing_happens() {
    let term = InMemoryTerm::new(24, 80);
    let mut crowd = live(&term);
    let event = at(sample::requested("plain"), "a", 0);
    crowd.event(&event).unwrap();
    crowd.tick(event.at + SignedDuration::from_secs(65)).unwrap();
    assert!(term.contents().contains("1m 05s"), "{}", term.contents());
}

#[test]
fn a_note_stands_above_the_table_or_among_the_lines() {
    let term = InMemoryTerm::new(24, 80);
    let mut crowd = live(&term);
    crowd.event(&three()[0]).unwrap();
    crowd
        .note("stopped admitting; `liftoff resume nightly` goes on")
        .unwrap();
    assert_eq!(term.contents(), "", "nothing of the table is left in its way");
    crowd.event(&three()[1]).unwrap();
    assert!(term.contents().contains("Batch nightly"));
}

fn lines(verbosity: Verbosity, logs: bool) -> String {
    let mut out = Vec::new();
    let mut crowd = Crowd::new(&mut out, Style::PLAIN, verbosity, logs, batch(4), None);
    for event in three() {
        crowd.event(&event).unwrap();
    }
    crowd.tick(three()[6].at + SignedDuration::from_secs(30)).unwrap();
    crowd.event(&refused()).unwrap();
    let mut end = sample::summary(vec![sample::success(), sample::failure()], 1, Retry::Pointless);
    end.batch = Some("nightly".into());
    if let EventKind::Summary(summary) = &mut end.kind {
        summary.not_started.push(crate::core::verdict::NotStarted {
            launch: "launch-of-c".into(),
            name: Some("c".into()),
            exit_code: 2,
            started: crate::core::verdict::Started::No,
            error: sample::refusal("plain"),
        });
        summary.counts.insert("launches".into(), 4.into());
        summary.counts.insert("requests_logging".into(), 12.into());
    }
    crowd.event(&end).unwrap();
    crowd.finish().unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn off_a_terminal_there_is_a_line_for_each_start_and_end() {
    let text = lines(Verbosity::Normal, false);
    assert!(!text.contains('\u{1b}'));
    check("batch-plain", &text);
}

#[test]
fn more_and_less_is_said_where_it_was_asked_for() {
    assert!(lines(Verbosity::Quiet, false).lines().count() < lines(Verbosity::Normal, false).lines().count());
    let full = lines(Verbosity::Verbose, false);
    assert!(full.contains("[a] Launching train"), "{full}");
    assert!(lines(Verbosity::Normal, true).contains("[a] Launching train"));
}

fn check(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

#[test]
fn a_big_batch_ends_in_causes_and_not_in_a_list() {
    let mut all = Vec::new();
    for n in 0..60_u64 {
        let mut verdict = match n % 6 {
            0 | 1 => sample::failure(),
            2 => crate::core::verdict::Verdict {
                category: Some("image-not-found".into()),
                summary: format!("the image train:{n} does not exist"),
                hint: Some("Push the image, or correct its name.".into()),
                ..sample::failure()
            },
            _ => sample::success(),
        };
        if n == 59 {
            verdict.outcome = crate::core::verdict::Outcome::Interrupted;
        }
        all.push(verdict);
    }
    let mut end = sample::summary(all, 130, Retry::Unsafe);
    end.batch = Some("nightly".into());
    if let EventKind::Summary(summary) = &mut end.kind {
        for (n, launch) in summary.launches.iter_mut().enumerate() {
            launch.elapsed_ms = Some(10_000 + 137 * (n as u64 * 31 % 60));
        }
        for (key, count) in [
            ("launches", 64),
            ("requests_run", 301),
            ("requests_logging", 48),
            ("requests_vertex", 77),
        ] {
            summary.counts.insert(key.into(), count.into());
        }
    }
    let mut text = String::new();
    for style in [STYLE, Style::PLAIN] {
        let mut out = Vec::new();
        Crowd::new(&mut out, style, Verbosity::Normal, false, batch(64), None)
            .event(&end)
            .unwrap();
        writeln!(text, "{}\n=====", String::from_utf8(out).unwrap()).unwrap();
    }
    check("batch-big", &text);
}
