//! A paused clock and the disk.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::*;

#[tokio::test(start_paused = true)]
async fn virtual_time_stands_still_while_a_write_is_waited_for() {
    let place = Place::new();
    let journal = place.open();
    let begun = Instant::now();
    // Somebody else waits for virtual time: it would run away if nothing held it.
    tokio::spawn(sleep(Duration::from_hours(1)));
    journal.create_launch(new_launch("l", 0)).await.unwrap();
    for n in 0..20 {
        journal.event(&id("l"), &event("l", n, "line"));
        journal.intent(&id("l"), at(n), false).await.unwrap();
    }
    journal
        .accepted(&id("l"), accepted("train-abcde", 1))
        .await
        .unwrap();
    journal.flush().await.unwrap();
    assert_eq!(begun.elapsed(), Duration::ZERO);
}

#[tokio::test]
async fn launches_that_wait_at_the_same_time_share_their_transactions() {
    let place = Place::new();
    let journal = place.open();
    let launches = (0..200).map(|n| new_launch(&format!("l-{n}"), n)).collect();
    journal.create_batch(new_batch("b"), launches).await.unwrap();
    let all = (0..200).map(|n| {
        let journal = journal.clone();
        async move { journal.intent(&id(&format!("l-{n}")), at(1), false).await }
    });
    let results = futures_util::future::join_all(all).await;
    assert!(results.iter().all(Result::is_ok));
    // Each commit appends at least one frame of a page to the log; 200 commits of their own would be 200 and more, and
    // each frame is 4096 + 24 bytes.
    let log = std::fs::metadata(place.folder.path().join("journal.db-wal"))
        .unwrap()
        .len();
    println!(
        "{} frames of the log for a batch of 200 and their intents",
        log / 4120
    );
    assert!(log < 4120 * 150, "{log}");
}
