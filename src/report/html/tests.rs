use std::fs;

use jiff::{SignedDuration, Timestamp};

use super::timeline::{Stage, groups};
use super::*;
use crate::core::event::EventKind;
use crate::core::finding::Phase;
use crate::core::verdict::{Final, Outcome, Retry, Verdict};
use crate::report::sample;

const MARKUP: &str =
    "</title></style></script></pre><img src=x onerror=alert(1)><script>alert(2)</script>\" onload='x' ";

fn page_of(events: &[Event]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report.html");
    let mut reporter = Html::create(&path).unwrap();
    for event in events {
        reporter.event(event).unwrap();
    }
    reporter.finish().unwrap();
    fs::read_to_string(path).unwrap()
}

fn at(event: Event, n: usize, ms: i64) -> Event {
    let mut event = sample::named(event, &format!("train-{n:04}"));
    event.at += SignedDuration::from_millis(ms);
    event
}

/// A batch in which every text that can be long is, and says `text`.
fn big(launches: usize, text: &str, ending: impl Fn(usize) -> Verdict) -> Vec<Event> {
    let mut events = Vec::new();
    let mut finals = Vec::new();
    for n in 0..launches {
        let begin = i64::try_from(n).unwrap() * 400;
        let mut found = sample::diagnosis("plain");
        found.last_lines = vec![text.to_owned(); 12];
        let verdict = Verdict {
            evidence: vec![sample::evidence(text); 20],
            evidence_total: 34,
            ..ending(n)
        };
        events.push(at(sample::requested("plain"), n, begin));
        events.push(at(sample::started("plain"), n, begin + 900));
        for (phase, after) in [
            (Phase::ContainerStarted, 3_000),
            (Phase::AgentPolling, 6_000),
            (Phase::JobReceived, 8_000),
            (Phase::CodeFetched, 9_500),
            (Phase::Submitting, 11_000),
        ] {
            let mut event = at(sample::phase(phase, 0), n, begin + after + 4_000);
            if let EventKind::Phase(reached) = &mut event.kind {
                reached.occurred_at += SignedDuration::from_millis(begin + after);
            }
            events.push(event);
        }
        events.push(at(
            sample::verdict(verdict.clone()),
            n,
            begin + 14_000 + begin % 9_000,
        ));
        events.push(at(
            sample::event(0, EventKind::Diagnosis(Box::new(found))),
            n,
            begin + 25_000,
        ));
        finals.push(Final {
            launch: format!("launch-of-train-{n:04}"),
            name: Some(format!("train-{n:04}")),
            elapsed_ms: Some(u64::try_from(14_000 + begin % 9_000).unwrap()),
            verdict,
        });
    }
    let mut end = at(
        sample::summary(vec![], 1, Retry::Pointless),
        0,
        400 * i64::try_from(launches).unwrap() + 30_000,
    );
    end.launch = None;
    if let EventKind::Summary(summary) = &mut end.kind {
        summary.launches = finals;
        summary.counts.insert("launches".into(), launches.into());
        summary.counts.insert("requests_run".into(), 421.into());
    }
    events.push(end);
    events
}

fn mixed(n: usize) -> Verdict {
    match n % 7 {
        0 => sample::failure(),
        1 => Verdict {
            category: Some("image-not-found".into()),
            summary: format!("the image eu.gcr.io/p/train:v{n} does not exist"),
            hint: Some("Push the image, or correct its name.".into()),
            ..sample::failure()
        },
        _ => sample::success(),
    }
}

#[test]
fn a_page_tells_totals_causes_picture_and_each_launch() {
    let page = page_of(&big(14, "wandb: launch: agent", mixed));
    for part in [
        "<h1>Batch nightly</h1>",
        "<dt>failed</dt><dd>4</dd>",
        "<dt>ok</dt><dd>10</dd>",
        "failed: quota-exceeded",
        "For example: the image",
        "What to do: ",
        "https://cloud.google.com/vertex-ai/docs/quotas",
        "Time line of 14 launches",
        "train-0013",
        "Last lines of the runner",
        "(the last 20 of 34)",
        "<code>job_active</code>",
    ] {
        assert!(page.contains(part), "{part} is missing in {page}");
    }
}

#[test]
fn it_needs_nothing_from_elsewhere() {
    let page = page_of(&big(3, "https://evil.example/x.js", mixed));
    for loaded in [
        " src=", "url(", "@import", "<link", "<iframe", "<object", " style=", "http://",
    ] {
        assert!(!page.contains(loaded), "{loaded}");
    }
    assert!(page.contains("default-src 'none'"));
}

#[test]
fn markup_from_outside_is_text_and_secrets_are_gone() {
    let hostile = format!("{MARKUP}{}", sample::HOSTILE).replace('/', "\\");
    let mut events = sample::every_kind(&hostile);
    events.insert(
        0,
        sample::named(
            sample::requested("plain"),
            &format!("{MARKUP}{}", sample::HOSTILE),
        ),
    );
    events.extend(big(2, &format!("{MARKUP}{}", sample::HOSTILE), |_| {
        sample::said_by_cloud(&hostile, sample::failure())
    }));
    let page = page_of(&events[..events.len() - 1]);
    let page_of_all = page_of(&events[10..]);
    for page in [page, page_of_all] {
        assert_eq!(page.matches("<script").count(), 1);
        assert_eq!(page.matches("<img").count(), 0);
        assert!(page.contains("&lt;img src=x onerror=alert(1)&gt;"));
        assert!(!page.contains("\" onload"));
        assert!(!page.contains(sample::SECRET));
        assert!(!page.chars().any(|c| crate::core::text::is_unsafe(c) && c != '\n'));
    }
}

#[test]
fn an_address_that_is_not_https_is_no_link() {
    let links = |address: &str| link("Here", address).into_string();
    assert!(links("https://wandb.ai/x").starts_with("<a href=\"https://wandb.ai/x\""));
    for address in [
        "javascript:alert(1)",
        "http://x",
        "data:text/html,x",
        "//x",
        " https://x",
        "HTTPS://x",
    ] {
        assert!(!links(address).contains("href"), "{address}");
    }
}

#[test]
fn two_thousand_launches_stay_below_five_megabytes_whatever_they_say() {
    for text in ["wandb: launch: agent", &"<\"&>".repeat(100)] {
        let started = big(2_000, text, |n| Verdict {
            hint: Some(text.to_owned()),
            ..mixed(n)
        });
        let page = page_of(&started);
        assert!(page.len() < 5_000_000, "{} bytes", page.len());
        assert!(page.contains("train-1999") && page.ends_with("</html>"));
        assert_eq!(page.matches("<tbody id=").count(), 2_000);
        assert_eq!(
            page.matches("<tr class=\"more\">").count(),
            2_000,
            "each says at least why"
        );
    }
}

#[test]
fn a_process_that_came_to_no_launch_says_why() {
    let page = page_of(&[sample::process_failed()]);
    assert!(page.contains("Error: no-credentials"), "{page}");
    assert!(page.contains("gcloud auth application-default login"));
}

#[test]
fn launches_that_were_not_started_are_a_cause_of_their_own() {
    let mut events = big(1, "x", |_| sample::success());
    let mut asked = at(sample::requested("plain"), 7, 10);
    let mut refused = at(
        sample::event(0, EventKind::NotStarted(sample::refusal("plain"))),
        7,
        20,
    );
    (asked.attempt, refused.attempt) = (None, None);
    events.splice(0..0, [asked, refused]);
    let page = page_of(&events);
    assert!(page.contains("not started: no-such-job"), "{page}");
    assert!(page.contains("<dt>not started</dt><dd>1</dd>") && page.contains("Create it, or correct"));
}

#[test]
fn launches_whose_turn_never_came_are_counted() {
    let mut events = big(2, "x", |_| Verdict {
        outcome: Outcome::Interrupted,
        category: None,
        ..sample::failure()
    });
    if let Some(EventKind::Summary(summary)) = events.last_mut().map(|event| &mut event.kind) {
        summary.counts.insert("launches".into(), 9.into());
    }
    let page = page_of(&events);
    assert!(page.contains("<dt>launches</dt><dd>9</dd>") && page.contains("<dt>no verdict</dt><dd>7</dd>"));
}

fn ledger(events: &[Event]) -> Ledger {
    let mut ledger = Ledger::default();
    for event in events {
        let _ = ledger.take(event);
    }
    ledger
}

fn spans(ledger: &Ledger) -> Vec<(Stage, i64, i64)> {
    let groups = groups(ledger);
    let row = &groups[0].rows[0];
    row.spans
        .iter()
        .map(|span| (span.stage, span.from, span.to))
        .collect()
}

fn happened(phase: Phase, occurred: i64, learned: i64) -> Event {
    let mut event = at(sample::phase(phase, 0), 1, learned);
    if let EventKind::Phase(reached) = &mut event.kind {
        reached.occurred_at += SignedDuration::from_millis(occurred);
    }
    event
}

#[test]
fn phases_are_drawn_when_they_happened_in_order_and_within_the_attempt() {
    use Stage::{Container, Polling, Received, Starting};
    let events = [
        at(sample::requested("plain"), 1, 0),
        at(sample::started("plain"), 1, 1_000),
        happened(Phase::JobReceived, 7_000, 12_000),
        happened(Phase::AgentPolling, 5_000, 12_100),
        happened(Phase::CodeFetched, 99_000, 12_200),
        at(sample::verdict(sample::failure()), 1, 13_000),
    ];
    assert_eq!(
        spans(&ledger(&events)),
        [
            (Starting, 0, 1_000),
            (Container, 1_000, 5_000),
            (Polling, 5_000, 7_000),
            (Received, 7_000, 13_000),
        ]
    );
}

#[test]
fn a_second_attempt_goes_on_in_the_same_row() {
    let second = |mut event: Event| {
        event.attempt = Some(2);
        event
    };
    let events = [
        at(sample::requested("plain"), 1, 0),
        at(sample::verdict(sample::failure()), 1, 5_000),
        second(at(sample::started("plain"), 1, 9_000)),
        second(at(sample::verdict(sample::success()), 1, 12_000)),
    ];
    let ledger = ledger(&events);
    assert_eq!(
        spans(&ledger),
        [
            (Stage::Starting, 0, 5_000),
            (Stage::Between, 5_000, 9_000),
            (Stage::Container, 9_000, 12_000),
        ]
    );
    assert_eq!(groups(&ledger)[0].rows[0].end, Some((Outcome::Success, 12_000)));
}

#[test]
fn clocks_that_disagree_draw_nothing_backwards() {
    let early: Timestamp = "2001-01-01T00:00:00Z".parse().unwrap();
    let mut odd = happened(Phase::AgentPolling, 0, 2_000);
    if let EventKind::Phase(reached) = &mut odd.kind {
        reached.occurred_at = early;
    }
    let mut back = at(sample::verdict(sample::success()), 1, 0);
    back.at -= SignedDuration::from_secs(3_600);
    let ledger = ledger(&[at(sample::requested("plain"), 1, 0), odd, back]);
    assert_eq!(spans(&ledger), []);
    assert!(!page_of(&[sample::summary(vec![sample::success()], 0, Retry::Pointless)]).is_empty());
}

#[test]
fn many_launches_share_lanes_and_never_overlap_on_one() {
    let few = ledger(&big(60, "x", mixed));
    assert!(groups(&few).iter().all(|group| group.lanes == group.rows.len()));

    let many = ledger(&big(500, "x", mixed));
    let groups = groups(&many);
    assert!(groups.iter().map(|group| group.lanes).sum::<usize>() < 100);
    for group in &groups {
        for lane in 0..group.lanes {
            let rows = group.rows.iter().filter(|row| row.lane == lane);
            let spans: Vec<_> = rows.flat_map(|row| &row.spans).collect();
            assert!(!spans.is_empty());
            assert!(spans.windows(2).all(|pair| pair[0].to <= pair[1].from));
        }
    }
}
