//! What a crash leaves, at each step of a launch's life.

use proptest::prelude::*;

use super::*;
use crate::core::text::REDACTED;
use crate::core::verdict::ProcessError;
use crate::journal::AttemptState;

#[tokio::test]
async fn every_step_of_a_life_reads_back_as_it_was_left() {
    let place = Place::new();
    let journal = place.open();
    let launches = (0..4).map(|n| new_launch(&format!("l-{n}"), n)).collect();
    journal.create_batch(new_batch("b"), launches).await.unwrap();
    for n in 1..4 {
        journal
            .intent(&id(&format!("l-{n}")), at(1), n == 1)
            .await
            .unwrap();
    }
    for n in 2..4 {
        let name = format!("l-{n}");
        journal
            .accepted(&id(&name), accepted("train-abcde", 2))
            .await
            .unwrap();
    }
    journal.ended(&id("l-3"), end(Outcome::Failure, Some("oom")));
    journal.flush().await.unwrap();

    let batch = place.read().batch("b").unwrap().unwrap();
    assert_eq!((batch.begun.clone(), batch.finished), (new_batch("b"), None));
    let states: Vec<_> = batch
        .launches
        .iter()
        .map(|launch| launch.last().unwrap().state.clone())
        .collect();
    let intended = AttemptState::Intended {
        at: at(1),
        bare: true,
    };
    let there = AttemptState::Accepted(accepted("train-abcde", 2));
    let over = AttemptState::Ended(Box::new(end(Outcome::Failure, Some("oom"))));
    assert_eq!(states, [AttemptState::Planned, intended, there, over]);
    for (n, launch) in (0..).zip(&batch.launches) {
        let new = new_launch(&format!("l-{n}"), n);
        assert_eq!(launch.spec.spec, new.spec);
        assert_eq!((&launch.labels, launch.position), (&new.labels, n));
        assert!(launch.spec.withheld.is_empty());
    }
}

#[tokio::test]
async fn a_second_attempt_has_its_own_runner_and_the_first_stays_on_record() {
    let place = Place::new();
    let journal = place.open();
    journal
        .create_batch(new_batch("b"), vec![new_launch("l", 0)])
        .await
        .unwrap();
    journal.ended(&id("l"), end(Outcome::Failure, Some("stockout")));
    journal.create_attempt(&id("l"), 2).await.unwrap();
    let unended = place.read().history(&crate::journal::Filter::default()).unwrap();
    assert_eq!(
        (unended[0].attempt, unended[0].recorded.outcome.as_deref()),
        (2, None)
    );

    journal.intent(&id("l-r2"), at(3), false).await.unwrap();
    journal
        .accepted(&id("l-r2"), accepted("train-fghij", 4))
        .await
        .unwrap();
    journal.ended(&id("l-r2"), end(Outcome::Success, None));
    journal.flush().await.unwrap();

    let archive = place.read();
    for name in [
        "l",
        "l-r2",
        "train-fghij",
        &accepted("train-fghij", 0).execution.to_string(),
    ] {
        let launch = archive.launch(name).unwrap().unwrap();
        let of = |n: usize| (launch.attempts[n].runner.as_str(), launch.attempts[n].number);
        assert_eq!((of(0), of(1)), (("l", 1), ("l-r2", 2)), "{name}");
    }
    let found = &archive.history(&crate::journal::Filter::default()).unwrap()[0];
    assert_eq!(found.recorded.outcome.as_deref(), Some("success"));
    assert_eq!(archive.launch("train-abcde").unwrap(), None);
}

#[tokio::test]
async fn a_batch_is_recorded_whole_or_not_at_all() {
    let place = Place::new();
    let journal = place.open();
    journal.create_launch(new_launch("taken", 0)).await.unwrap();
    let launches = vec![new_launch("free", 0), new_launch("taken", 1)];
    journal.create_batch(new_batch("b"), launches).await.unwrap_err();
    assert_eq!(place.read().batch("b").unwrap(), None);
    assert_eq!(place.read().launch("free").unwrap(), None);
}

#[tokio::test]
async fn the_newest_batch_that_is_not_finished_is_the_one_to_resume() {
    let place = Place::new();
    let journal = place.open();
    for (name, second) in [("old", 1), ("new", 2), ("done", 3)] {
        let batch = NewBatch {
            created_at: at(second),
            ..new_batch(name)
        };
        journal.create_batch(batch, Vec::new()).await.unwrap();
    }
    journal.finish_batch("done", at(9), 1).await.unwrap();
    let archive = place.read();
    assert_eq!(archive.unfinished_batch().unwrap().as_deref(), Some("new"));
    assert_eq!(archive.batch("done").unwrap().unwrap().finished, Some((at(9), 1)));
}

#[tokio::test]
async fn an_intent_for_a_launch_that_is_not_on_record_is_an_error() {
    let place = Place::new();
    let error = place.open().intent(&id("unheard-of"), at(1), false).await;
    assert_eq!(error.unwrap_err().fault(), &crate::journal::Fault::Unheard);
}

#[tokio::test]
async fn a_launch_of_an_id_that_is_known_goes_on() {
    let place = Place::new();
    let journal = place.open();
    journal.create_launch(new_launch("nightly-1", 0)).await.unwrap();
    journal
        .accepted(&id("nightly-1"), accepted("train-abcde", 1))
        .await
        .unwrap();
    journal.create_launch(new_launch("nightly-1", 0)).await.unwrap();
    let launch = place.read().launch("nightly-1").unwrap().unwrap();
    assert_eq!(launch.attempts.len(), 1);
    assert!(matches!(launch.attempts[0].state, AttemptState::Accepted(_)));
}

#[tokio::test]
async fn nothing_secret_is_stored_and_what_is_missing_is_named() {
    let place = Place::new();
    let journal = place.open();
    let mut new = new_launch("l", 0);
    if let Target::Start { args, env, .. } = &mut new.spec.target {
        env.push(("WANDB_API_KEY".into(), "hunter2-hunter2".into()));
        env.push(("DB_PASS".into(), "hunter2".into()));
        *args = Some(vec![
            "--lr".into(),
            "1".into(),
            "--api-key".into(),
            "hunter2".into(),
            "--token=hunter2-0".into(),
        ]);
    }
    journal.create_launch(new).await.unwrap();
    journal.event(&id("l"), &event("l", 1, "export WANDB_API_KEY=hunter2"));
    let mut bad = end(Outcome::Failure, None);
    bad.failure = Some(ProcessError {
        kind: "refused".into(),
        message: "Authorization: Bearer ya29.hunter2".into(),
        hint: None,
        details: Vec::new(),
    });
    journal.ended(&id("l"), bad);
    journal.flush().await.unwrap();

    let stored = place.read().launch("l").unwrap().unwrap().spec;
    assert_eq!(
        stored.withheld,
        ["args[3]", "args[4]", "env.WANDB_API_KEY", "env.DB_PASS"]
    );
    let Target::Start { args, env, .. } = stored.spec.target else {
        panic!("a start")
    };
    assert_eq!(args.unwrap(), ["--lr", "1", "--api-key", REDACTED, REDACTED]);
    assert_eq!(env[0], ("SEED".to_owned(), "7".to_owned()));
    for file in std::fs::read_dir(place.folder.path()).unwrap() {
        let file = file.unwrap().path();
        let bytes = std::fs::read(&file).unwrap_or_default();
        assert!(
            !bytes.windows(7).any(|part| part == b"hunter2"),
            "{}",
            file.display()
        );
    }
}

#[tokio::test]
async fn events_come_back_in_order_and_a_flood_keeps_its_beginning_and_its_end() {
    let place = Place::new();
    let journal = place.open();
    journal.create_launch(new_launch("l", 0)).await.unwrap();
    for n in 0..300 {
        journal.event(&id("l"), &event("l", n, &format!("line {n}")));
    }
    journal.flush().await.unwrap();
    let archive = place.read();
    let launch = archive.launch("l").unwrap().unwrap();
    let events = archive.events(&launch, &id("l")).unwrap();
    let seconds: Vec<_> = events
        .iter()
        .map(|event| event.elapsed_ms.unwrap() / 1000)
        .collect();
    let kept: Vec<u64> = (0..40).chain(240..300).collect();
    assert_eq!(seconds, kept);
    assert_eq!(events[0].kind, event("l", 0, "line 0").kind);
    assert_eq!(
        events.iter().map(|event| event.seq).collect::<Vec<_>>(),
        (1..=100).collect::<Vec<_>>()
    );
}

#[tokio::test]
async fn without_a_journal_everything_passes() {
    let journal = Journal::none();
    journal.create_batch(new_batch("b"), Vec::new()).await.unwrap();
    journal.intent(&id("l"), at(0), false).await.unwrap();
    assert!(
        journal
            .claim(crate::journal::Subject::Launch("l"))
            .unwrap()
            .is_none()
    );
    assert!(journal.close(std::time::Duration::from_secs(1)).await.in_time);
}

proptest! {
    #[test]
    fn any_specification_reads_back_as_it_was_written(
        words in prop::collection::vec("[ -~é\u{202e}\n]{0,12}", 0..5),
        limit in prop::option::of(0_u64..1 << 40),
        id_given in any::<bool>(),
    ) {
        let mut spec = spec("l");
        spec.timeout = limit.map(std::time::Duration::from_millis);
        spec.name = words.first().cloned();
        spec.identity.run_name = words.last().cloned();
        if let Target::Start { args, id_given: given, env, .. } = &mut spec.target {
            *args = Some(words.clone());
            *given = id_given;
            env.extend(words.iter().map(|word| ("LIST".to_owned(), word.clone())));
        }
        let stored = crate::journal::Stored::new(spec.clone());
        prop_assume!(stored.withheld.is_empty());
        let back = crate::journal::Stored::read(&stored.write().unwrap()).unwrap();
        prop_assert_eq!(back.spec, spec);
    }
}
