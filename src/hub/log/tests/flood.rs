//! Logs that have more than one page, or more than anybody can read.

use super::*;

#[test]
fn in_a_flood_what_may_decide_is_read_in_time_and_everything_again_afterwards() {
    let noise = (0..50_000).map(|n| (f64::from(n) / 500.0, f64::from(n) / 500.0 + 5.0, NOISY));
    let lines = [(50.0, 58.0, "a"), (250.0, 258.0, "a")];
    let mut bench = Bench::new(lines.into_iter().chain(noise).collect());
    let inboxes = [bench.subscribe("a", 0), bench.subscribe(NOISY, 0)];
    bench.run(0.0, 58.0);
    assert!(texts(&inboxes[0]).is_empty());
    bench.run(58.0, 61.0);
    assert_eq!(texts(&inboxes[0]), ["0"], "within two periods");
    bench.run(61.0, 300.0);
    assert!(bench.feed.flood.is_over(), "it is over");
    assert_eq!(texts(&inboxes[0]), ["0", "1"]);
    assert!(
        bench.calls.len() <= 300 * 48 / 60 + 2,
        "{} reads in 300 s",
        bench.calls.len()
    );
}

/// So many lines a second, each visible at once.
fn evenly(a_second: u32, execution: &'static str) -> impl Iterator<Item = (f64, f64, &'static str)> {
    let times = (0..230 * a_second).map(move |n| f64::from(n) / f64::from(a_second));
    times.map(move |at| (at, at, execution))
}

#[test]
fn in_a_flood_the_last_lines_wait_for_no_sweep_and_a_sweep_finds_stragglers() {
    // Of what may decide 20 s have one page and 180 s have eight.
    let flood = evenly(250, NOISY).chain(evenly(40, "loud"));
    let lines = [(100.0, 160.0, "a"), (150.0, 158.0, "a")];
    let mut bench = Bench::new(lines.into_iter().chain(flood).collect());
    let inboxes = ["a", "loud", NOISY].map(|execution| bench.subscribe(execution, 0));
    bench.run(0.0, 158.0);
    assert!(texts(&inboxes[0]).is_empty());
    bench.run(158.0, 162.0);
    assert_eq!(texts(&inboxes[0]), ["1"], "after a page of a sweep at most");
    bench.run(162.0, 205.0);
    assert!(!bench.feed.flood.is_over());
    assert_eq!(texts(&inboxes[0]), ["1", "0"]);
}

#[test]
fn a_newcomer_in_a_flood_is_read_for_from_its_creation_on() {
    // Of what may decide 20 s have two pages and 180 s have more than a read.
    let flood = evenly(250, NOISY).chain(evenly(90, "loud"));
    let mut bench = Bench::new([(129.5, 135.0, "a")].into_iter().chain(flood).collect());
    for execution in ["loud", NOISY] {
        bench.subscribe(execution, 0);
    }
    bench.run(0.0, 130.0);
    let inbox = bench.subscribe_from(129.0, "a", 0);
    bench.run(130.0, 141.0);
    assert_eq!(texts(&inbox), ["0"]);
    assert!(
        bench.feed.subscribers["a"].covered,
        "later reads need not look back so far"
    );
}

#[test]
fn a_sweep_that_ended_before_its_last_page_is_not_told() {
    let told_after = |lines: u32| {
        let lines = (0..lines).map(|n| (f64::from(n) / 1000.0, f64::from(n) / 1000.0, "a"));
        let mut bench = Bench::new(lines.collect());
        let inbox = bench.subscribe("a", 0);
        bench.feed.sweep("a", bench.moment(40.0).mono);
        bench.run(0.0, 70.0);
        let told = inbox.borrow();
        told.iter().any(|told| matches!(told, LogDelivery::Swept(_)))
    };
    assert!(told_after(3_000));
    assert!(!told_after(20_000), "more pages, all telling, than a read has");
}

/// Of everything 20 s have three pages, of what may decide one.
fn crowd() -> impl Iterator<Item = (f64, f64, &'static str)> {
    let noise = evenly(120, NOISY).map(|(at, _, execution)| (at, at + 5.0, execution));
    let telling = evenly(10, "loud").map(|(at, _, execution)| (at, at + 5.0, execution));
    noise.chain(telling)
}

#[test]
fn in_a_crowd_what_may_decide_is_read_every_other_time_and_everything_between() {
    let mut bench = Bench::new(crowd().collect());
    let inboxes = ["loud", NOISY].map(|execution| bench.subscribe(execution, 0));
    for second in (0..230).map(f64::from) {
        bench.run(second, second + 1.0);
        // A line each tenth of a second, visible after five.
        let read = count(&inboxes[0]) as f64 / 10.0;
        assert!(
            read + 5.0 + 2.7 > second,
            "at {second} s lines are read to {read} s"
        );
    }
    bench.run(230.0, 300.0);
    assert!(bench.feed.flood.is_over());
    let all = inboxes.map(|inbox| count(&inbox));
    assert_eq!(all, [2_300, 27_600], "every line, once");
}

#[test]
fn in_a_crowd_a_sweep_that_was_asked_for_is_made_aside_and_told() {
    let mut bench = Bench::new(crowd().collect());
    let inboxes = ["loud", NOISY].map(|execution| bench.subscribe(execution, 0));
    bench.run(0.0, 100.0);
    let wanted = bench.moment(100.0).mono;
    bench.feed.sweep("loud", wanted);
    bench.run(100.0, 125.0);
    let told = inboxes[0].borrow();
    let swept = |told: &LogDelivery| matches!(told, LogDelivery::Swept(begun) if *begun >= wanted);
    assert!(
        told.iter().any(swept),
        "within what a crowd's read and a sweep need"
    );
}

#[test]
fn a_sweep_of_several_pages_keeps_nobody_waiting() {
    // Of everything 20 s have one page and 180 s have four.
    let noise = evenly(20, NOISY);
    let line = (196.0, 204.0, "a");
    let mut bench = Bench::new(noise.chain([line]).collect());
    let inboxes = ["a", NOISY].map(|execution| bench.subscribe(execution, 0));
    for second in (0..220).map(f64::from) {
        bench.run(second, second + 1.0);
        let read = count(&inboxes[1]) as f64 / 20.0;
        assert!(read + 2.7 > second, "at {second} s lines are read to {read} s");
    }
    assert_eq!(count(&inboxes[0]), 1);
}
