//! The log: names, order, and what has to go.

use std::collections::BTreeSet;
use std::ops::Bound;
use std::time::Duration;

use super::*;
use crate::emulator::{clock::later, scenario::Stream, timeline::Kind};

fn line(second: u64, text: &str) -> Entry {
    let at = later(Timestamp::UNIX_EPOCH, Duration::from_secs(second));
    Entry {
        at,
        received: at,
        visible: at,
        insert_id: format!("{second:08}"),
        kind: Kind::Line {
            stream: Stream::Stdout,
            severity: None,
            task: 0,
            attempt: 0,
            text: text.to_owned(),
        },
    }
}

fn names(execution: &str) -> Names {
    Names {
        execution: execution.to_owned(),
        job: "train".to_owned(),
        ..Names::default()
    }
}

fn seconds(store: &LogStore, name: Option<&Name>, descending: bool) -> Vec<i64> {
    let span = Span {
        from: Bound::Unbounded,
        to: Bound::Unbounded,
        descending,
    };
    let entries = store.between("p", name, span);
    entries.map(|(key, _)| key.0.as_second()).collect()
}

#[test]
fn a_name_leads_to_its_own_entries_in_the_order_of_the_query() {
    let mut store = LogStore::default();
    for second in 0..10 {
        let run = usize::try_from(second % 2).unwrap();
        let names = names(if run == 0 { "Even" } else { "odd" });
        store.put("p", Some((run, &names)), vec![line(second, "x")]);
    }
    assert_eq!(
        seconds(&store, Some(&Name::execution("even")), false),
        [0, 2, 4, 6, 8]
    );
    assert_eq!(
        seconds(&store, Some(&Name::execution("ODD")), true),
        [9, 7, 5, 3, 1]
    );
    assert_eq!(seconds(&store, Some(&Name::job("train")), false).len(), 10);
    assert!(seconds(&store, Some(&Name::job("other")), false).is_empty());
    store.replace(
        "p",
        (0, &names("Even")),
        &[line(2, "x"), line(4, "x")],
        vec![line(5, "later")],
    );
    assert_eq!(
        seconds(&store, Some(&Name::execution("even")), false),
        [0, 5, 6, 8]
    );
    assert_eq!(
        seconds(&store, None, false),
        [0, 1, 3, 5, 6, 7, 8, 9],
        "one key, one entry"
    );
    assert_eq!(store.fill().entries, 8);
}

#[test]
fn the_oldest_entries_make_room_for_new_ones_and_leave_nothing_behind() {
    let mut store = LogStore {
        most: 100_000,
        ..LogStore::default()
    };
    store.follow("p");
    for second in 0..5000 {
        let names = names(&format!("run-{}", second / 10));
        let run = usize::try_from(second / 10).unwrap();
        store.put(
            "p",
            Some((run, &names)),
            vec![line(second, "a line of some length")],
        );
    }
    let fill = store.fill();
    assert!(
        fill.bytes <= fill.most && fill.bytes > fill.most - 1000,
        "{fill:?}"
    );
    assert_eq!(fill.entries as u64 + fill.dropped, 5000);
    assert_eq!(seconds(&store, None, true)[0], 4999);
    let log = &store.projects["p"];
    assert_eq!(log.arrivals.as_ref().map(BTreeSet::len), Some(fill.entries));
    assert_eq!(log.named[&Name::job("train")].len(), fill.entries);
    assert!(log.named.len() <= fill.entries / 10 + 3, "{}", log.named.len());
    store.put("q", None, vec![line(0, &"x".repeat(200_000))]);
    assert_eq!(
        (store.fill().entries, store.fill().bytes),
        (fill.entries, fill.bytes),
        "what never fits goes first"
    );
}
