//! The log hub: late, out of order, twice, and through restarts; every line once.

mod flood;

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use super::*;
use crate::core::entry::{EntryKey, LogEntry, Severity, Stream};
use crate::core::ids::ExecutionName;

type Inbox = Rc<RefCell<Vec<LogDelivery>>>;

/// A log whose entries become visible at a time of their own, and a hub that reads it.
struct Bench {
    feed: LogFeed,
    zero: Instant,
    /// Newest first.
    entries: Vec<Printed>,
    calls: Vec<f64>,
}

/// A line.
struct Printed {
    id: usize,
    at: f64,
    visible: f64,
    execution: &'static str,
}

/// An execution that prints more than anybody can read.
const NOISY: &str = "noisy";

/// At second 0.
const EPOCH: Timestamp = Timestamp::constant(1_795_428_000, 0);

fn wall(second: f64) -> Timestamp {
    EPOCH + SignedDuration::from_secs_f64(second)
}

impl Bench {
    /// Of lines: when they were printed, from when they are visible, and whose they are.
    fn new(lines: Vec<(f64, f64, &'static str)>) -> Self {
        let printed = |(id, (at, visible, execution))| Printed {
            id,
            at,
            visible,
            execution,
        };
        let mut entries: Vec<_> = lines.into_iter().enumerate().map(printed).collect();
        entries.sort_by(|a, b| b.at.total_cmp(&a.at));
        let zero = Instant::now();
        let share = Share {
            alone: 20.0,
            together: 48.0,
        };
        Self {
            feed: LogFeed::new("p".into(), share, zero),
            zero,
            entries,
            calls: Vec::new(),
        }
    }

    fn subscribe(&mut self, execution: &str, after: u64) -> Inbox {
        self.subscribe_from(0.0, execution, after)
    }

    /// Subscribes for an execution that was created at this second.
    fn subscribe_from(&mut self, second: f64, execution: &str, after: u64) -> Inbox {
        let inbox = Inbox::default();
        let sink = Rc::clone(&inbox);
        let wanted = LogSubscription {
            execution: ExecutionName::parse(&format!("projects/p/locations/l/jobs/j/executions/{execution}"))
                .unwrap(),
            from: wall(second),
            after,
        };
        let now = self.zero;
        self.feed.subscribe(
            now,
            wanted,
            Box::new(move |delivery| sink.borrow_mut().push(delivery)),
        );
        inbox
    }

    fn moment(&self, second: f64) -> Moment {
        Moment {
            mono: self.zero + Duration::from_secs_f64(second),
            wall: wall(second),
        }
    }

    /// Runs the hub from one second to another; every answer comes at once.
    fn run(&mut self, from: f64, to: f64) {
        let mut now = from;
        while now < to {
            match self.feed.next(self.moment(now)) {
                Next::Call(call) => {
                    self.calls.push(now);
                    let page = self.answer(&call.list, now);
                    self.feed.on_reply(self.moment(now), Ok(page));
                }
                Next::At(at) => now = (at - self.zero).as_secs_f64() + 1e-6,
                Next::Idle => return,
            }
        }
    }

    fn answer(&self, call: &ListEntries, now: f64) -> EntriesPage {
        let since = call
            .filter
            .split("timestamp>=\"")
            .nth(1)
            .unwrap()
            .trim_end_matches('"');
        let since: Timestamp = since.parse().unwrap();
        let named: BTreeSet<&str> = call.filter.split('"').collect();
        // What floods says nothing that a filter for telling words lets through.
        let narrow = call.filter.contains("textPayload:");
        let entries = self.entries.iter().take_while(|entry| wall(entry.at) >= since);
        let entries = entries.filter(|entry| entry.visible <= now && named.contains(entry.execution));
        let entries: Vec<_> = entries
            .filter(|entry| !(narrow && entry.execution == NOISY))
            .collect();
        let from: usize = call
            .page_token
            .as_deref()
            .map_or(0, |token| token.parse().unwrap());
        let to = from + call.page_size as usize;
        let page = entries.iter().take(to).skip(from);
        let page = page.map(|printed| entry(printed.id, printed.at, printed.execution));
        let page: Vec<_> = page.collect();
        EntriesPage {
            span: page
                .first()
                .zip(page.last())
                .map(|(first, last)| (first.timestamp(), last.timestamp())),
            entries: page,
            next: (to < entries.len()).then(|| to.to_string()),
            ..EntriesPage::default()
        }
    }
}

fn entry(id: usize, at: f64, execution: &str) -> LogEntry {
    LogEntry {
        key: EntryKey {
            log_name: "stdout".into(),
            timestamp: wall(at),
            insert_id: id.to_string(),
        },
        stream: Stream::Stdout,
        severity: Severity::Default,
        received: None,
        execution: Some(execution.into()),
        task: 0,
        attempt: 0,
        text: id.to_string(),
    }
}

fn texts(inbox: &Inbox) -> Vec<String> {
    let entries = inbox.borrow();
    let lines = entries.iter().filter_map(|delivery| match delivery {
        LogDelivery::Entries(entries) => Some(
            entries
                .iter()
                .map(|(_, entry)| entry.text.clone())
                .collect::<Vec<_>>(),
        ),
        _ => None,
    });
    lines.flatten().collect()
}

/// How many of them.
fn count(inbox: &Inbox) -> usize {
    let lines = |delivery: &LogDelivery| match delivery {
        LogDelivery::Entries(entries) => entries.len(),
        _ => 0,
    };
    inbox.borrow().iter().map(lines).sum()
}

#[test]
fn late_and_out_of_order_entries_are_delivered_once() {
    let mut bench = Bench::new(vec![
        (1.0, 3.0, "a"),
        (2.0, 90.0, "a"),
        (3.0, 5.0, "a"),
        (4.0, 4.0, "a"),
    ]);
    let inbox = bench.subscribe("a", 0);
    bench.run(0.0, 200.0);
    let mut seen = texts(&inbox);
    seen.sort();
    assert_eq!(seen, ["0", "1", "2", "3"]);
}

#[test]
fn each_execution_gets_its_own_lines_only() {
    let mut bench = Bench::new(vec![(1.0, 3.0, "a"), (1.0, 3.0, "b")]);
    let (a, b) = (bench.subscribe("a", 0), bench.subscribe("b", 0));
    bench.run(0.0, 30.0);
    assert_eq!((texts(&a), texts(&b)), (vec!["0".into()], vec!["1".into()]));
}

#[test]
fn a_restarted_tailer_gets_again_what_was_not_acknowledged_and_nothing_else() {
    let mut bench = Bench::new(vec![(1.0, 1.0, "a"), (2.0, 2.0, "a"), (40.0, 40.0, "a")]);
    bench.subscribe("a", 0);
    bench.run(0.0, 30.0);
    bench.feed.acknowledge("a", 1);
    let successor = bench.subscribe("a", 1);
    assert_eq!(texts(&successor), ["1"]);
    bench.run(30.0, 60.0);
    assert_eq!(texts(&successor), ["1", "2"]);
}

#[test]
fn a_newcomers_long_first_read_repeats_nothing_to_the_others() {
    let mut bench = Bench::new(vec![(1.0, 1.0, "a"), (400.0, 400.0, "a"), (2.0, 2.0, "b")]);
    let a = bench.subscribe("a", 0);
    bench.run(0.0, 600.0);
    let b = bench.subscribe("b", 0);
    bench.run(600.0, 660.0);
    assert_eq!(
        (texts(&a), texts(&b)),
        (vec!["0".into(), "1".into()], vec!["2".into()])
    );
}

#[test]
fn a_launch_alone_reads_twenty_times_a_minute_at_most_on_average() {
    let mut bench = Bench::new(Vec::new());
    bench.subscribe("a", 0);
    for burst in 0..20 {
        let from = f64::from(burst) * 45.0;
        bench.feed.confirm(bench.moment(from).mono);
        bench.run(from, from + 45.0);
    }
    let minutes = 15.0;
    let rate = (bench.calls.len() as f64 - BURST) / minutes;
    assert!(rate <= 20.0, "{rate} a minute");
}

#[test]
fn the_last_launch_of_a_batch_is_read_for_as_often_as_the_others_were() {
    let mut bench = Bench::new(Vec::new());
    let _inboxes = [bench.subscribe("a", 0), bench.subscribe("b", 0)];
    bench.run(0.0, 60.0);
    let together = bench.calls.len();
    assert!((46..=50).contains(&together), "{together} in a minute");
    bench.feed.unsubscribe(bench.moment(60.0).mono, "a");
    bench.run(60.0, 120.0);
    let last = bench.calls.len() - together;
    assert!((46..=50).contains(&last), "{last} in a minute");
    bench.feed.unsubscribe(bench.moment(120.0).mono, "b");
    let _inbox = bench.subscribe("c", 0);
    bench.calls.clear();
    bench.run(120.0, 180.0);
    assert!(bench.calls.len() <= 20, "{} of a launch alone", bench.calls.len());
}

#[test]
fn a_sweep_that_was_asked_for_begins_no_earlier_and_is_told() {
    let mut bench = Bench::new(Vec::new());
    let inbox = bench.subscribe("a", 0);
    bench.run(0.0, 10.0);
    let wanted = bench.moment(21.0).mono;
    bench.feed.sweep("a", wanted);
    bench.run(10.0, 30.0);
    let told: Vec<_> = inbox
        .borrow()
        .iter()
        .filter(|d| matches!(d, LogDelivery::Swept(_)))
        .cloned()
        .collect();
    assert!(
        matches!(told.as_slice(), [LogDelivery::Swept(begun)] if *begun >= wanted),
        "{told:?}"
    );
}

#[test]
fn what_can_be_shown_no_more_is_forgotten() {
    let mut bench = Bench::new((0..500).map(|n| (f64::from(n), f64::from(n), "a")).collect());
    bench.subscribe("a", 0);
    bench.run(0.0, 2000.0);
    assert_eq!(bench.feed.seen.borrow().len(), 0);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn every_entry_that_becomes_visible_within_two_minutes_is_delivered_exactly_once(
        lines in prop::collection::vec((0.0_f64..300.0, 0.0_f64..120.0), 0..60),
        restarts in prop::collection::vec(0.0_f64..500.0, 0..6),
    ) {
        let entries: Vec<_> = lines.iter().map(|(at, lag)| (*at, at + lag, "a")).collect();
        let mut bench = Bench::new(entries.clone());
        let mut inboxes = vec![bench.subscribe("a", 0)];
        let mut moments = restarts;
        moments.sort_by(f64::total_cmp);
        let mut from = 0.0;
        for at in moments {
            bench.run(from, at);
            bench.feed.forget_in_flight();
            let taken = inboxes.iter().map(|inbox| texts(inbox).len() as u64).sum();
            inboxes.push(bench.subscribe("a", taken));
            from = at;
        }
        bench.run(from, 900.0);
        let all: Vec<String> = inboxes.iter().flat_map(texts).collect();
        let once: BTreeSet<&String> = all.iter().collect();
        prop_assert_eq!(all.len(), once.len(), "nothing twice");
        prop_assert_eq!(all.len(), entries.len(), "nothing lost");
    }
}

#[test]
fn what_was_read_before_anybody_subscribed_to_it_is_delivered_to_who_does() {
    let mut bench = Bench::new(vec![(5.0, 5.0, "late")]);
    let first = bench.subscribe("first", 0);
    bench.run(0.0, 30.0);
    let late = bench.subscribe("late", 0);
    bench.run(30.0, 60.0);
    assert_eq!((texts(&first).len(), texts(&late).len()), (0, 1));
}

#[test]
fn who_comes_while_a_read_is_under_way_is_read_for_by_the_next_from_its_creation_on() {
    let mut bench = Bench::new(vec![(1.0, 1.0, "b")]);
    let _first = bench.subscribe_from(990.0, "a", 0);
    let Next::Call(call) = bench.feed.next(bench.moment(1000.0)) else {
        panic!("a newcomer is read for at once");
    };
    let came_meanwhile = bench.subscribe("b", 0);
    let page = bench.answer(&call.list, 1000.0);
    bench.feed.on_reply(bench.moment(1000.1), Ok(page));
    bench.run(1000.1, 1010.0);
    assert_eq!(texts(&came_meanwhile), ["0"]);
}
