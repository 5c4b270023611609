//! Finding launches.

use super::*;
use crate::journal::Filter;

async fn filled() -> Place {
    let place = Place::new();
    let journal = place.open();
    let launches = (0..6).map(|n| new_launch(&format!("sweep-{n}"), n)).collect();
    journal.create_batch(new_batch("b"), launches).await.unwrap();
    let mut other = new_launch("alone", 100);
    if let Target::Start { job, .. } = &mut other.spec.target {
        job.scope.project = "q".into();
    }
    other.labels.clear();
    journal.create_launch(other).await.unwrap();
    journal.ended(&id("sweep-0"), end(Outcome::Success, None));
    journal.ended(&id("sweep-1"), end(Outcome::Failure, Some("quota-exceeded")));
    journal.ended(&id("sweep-2"), end(Outcome::Failure, Some("oom")));
    journal.flush().await.unwrap();
    place
}

#[tokio::test]
async fn launches_are_found_by_what_is_asked_for_the_newest_first() {
    let place = filled().await;
    let archive = place.read();
    let some = |text: &str| Some(text.to_owned());
    let label = |value: &str| vec![("sweep".to_owned(), value.to_owned())];
    let all = Filter::default;
    let table = [
        (all(), "alone sweep-5 sweep-4 sweep-3 sweep-2 sweep-1 sweep-0"),
        (
            Filter {
                limit: Some(2),
                ..all()
            },
            "alone sweep-5",
        ),
        (
            Filter {
                batch: some("b"),
                limit: Some(1),
                ..all()
            },
            "sweep-5",
        ),
        (
            Filter {
                batch: some("none"),
                ..all()
            },
            "",
        ),
        (
            Filter {
                since: Some(at(4)),
                ..all()
            },
            "alone sweep-5 sweep-4",
        ),
        (
            Filter {
                outcome: some("failure"),
                ..all()
            },
            "sweep-2 sweep-1",
        ),
        (
            Filter {
                outcome: some("failure"),
                category: some("oom"),
                ..all()
            },
            "sweep-2",
        ),
        (
            Filter {
                project: some("q"),
                ..all()
            },
            "alone",
        ),
        (
            Filter {
                labels: label("s1"),
                ..all()
            },
            "sweep-5 sweep-3 sweep-1",
        ),
        (
            Filter {
                labels: [label("s1"), label("s0")].concat(),
                ..all()
            },
            "",
        ),
    ];
    for (filter, wanted) in table {
        let found = archive.history(&filter).unwrap();
        let names: Vec<_> = found.iter().map(|found| found.launch.as_str()).collect();
        assert_eq!(names.join(" "), wanted, "{filter:?}");
    }
    let failed = &archive
        .history(&Filter {
            category: some("oom"),
            ..all()
        })
        .unwrap()[0];
    assert_eq!(
        (failed.elapsed_ms, failed.recorded.exit_code),
        (Some(12_345), Some(1))
    );
    assert_eq!(failed.recorded.labels["sweep"], "s0");
    assert_eq!(failed.recorded.hint.as_deref(), Some("what to do"));
}

#[tokio::test]
async fn every_question_has_its_index() {
    let place = filled().await;
    let connection = rusqlite::Connection::open(place.path()).unwrap();
    for (condition, index) in [
        ("launches.batch = 'b'", "launches_by_batch"),
        ("created_at >= 5", "launches_by_time"),
        ("outcome = 'failure'", "launches_by_outcome"),
        ("category = 'oom'", "launches_by_category"),
        ("project = 'q'", "launches_by_project"),
    ] {
        let sql =
            format!("EXPLAIN QUERY PLAN SELECT * FROM launches WHERE {condition} ORDER BY created_at DESC");
        let mut statement = connection.prepare(&sql).unwrap();
        let plan: Vec<String> = statement
            .query_map([], |row| row.get(3))
            .unwrap()
            .map(Result::unwrap)
            .collect();
        assert!(
            plan.iter().any(|step| step.contains(index)),
            "{condition}: {plan:?}"
        );
    }
}

#[tokio::test]
async fn an_unknown_id_brings_up_the_ones_that_look_like_it() {
    let place = filled().await;
    let archive = place.read();
    for (given, wanted) in [
        ("sweep-55", vec!["sweep-5"]),
        ("alnoe", vec!["alone"]),
        ("completely-different", vec![]),
    ] {
        let near = archive.near(given).unwrap();
        assert_eq!(
            near.iter().take(1).map(String::as_str).collect::<Vec<_>>(),
            wanted,
            "{given}: {near:?}"
        );
    }
}
