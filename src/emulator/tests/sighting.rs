use jiff::Timestamp;

use super::super::Sighting;
use super::*;

/// Lets time pass until the cloud's clock shows `at`.
async fn until(world: &World, at: Timestamp) {
    let rest = at.duration_since(world.emulator.now());
    tokio::time::sleep(Duration::try_from(rest).unwrap()).await;
}

const MILLI: jiff::SignedDuration = jiff::SignedDuration::from_millis(1);

#[tokio::test(start_paused = true)]
async fn a_job_a_line_and_an_end_are_shown_from_their_instant_on_and_not_before() {
    let world = World::with(vec![]).await;
    let name = world.run("job-pending").await;
    let short = name.rsplit('/').next().unwrap();
    let from = |what| world.emulator.visible_from(&name, what).unwrap();

    let job = from(Sighting::Job("JOB_STATE_PENDING"));
    until(&world, job - MILLI).await;
    assert!(world.jobs().await.is_empty());
    until(&world, job).await;
    assert_eq!(world.jobs().await.len(), 1);

    let line = from(Sighting::Line("View Custom Job"));
    let filter = format!(
        "labels.\"run.googleapis.com/execution_name\"=\"{short}\" AND textPayload:\"View Custom Job\""
    );
    until(&world, line - MILLI).await;
    assert!(world.entries(&filter).await.is_empty());
    until(&world, line).await;
    assert_eq!(world.entries(&filter).await.len(), 1);

    let end = from(Sighting::End);
    until(&world, end - MILLI).await;
    assert!(
        world
            .get(&format!("/v2/{name}"))
            .await
            .get("completionTime")
            .is_none()
    );
    until(&world, end).await;
    assert!(world.get(&format!("/v2/{name}")).await["completionTime"].is_string());
}

#[tokio::test(start_paused = true)]
async fn what_never_shows_has_no_instant() {
    let world = World::with(vec![]).await;
    let name = world.run("job-failed").await;
    let from = |what| world.emulator.visible_from(&name, what);
    assert!(from(Sighting::Job("JOB_STATE_FAILED")).is_some());
    // It had failed before the first list could show it.
    assert_eq!(from(Sighting::Job("JOB_STATE_PENDING")), None);
    assert_eq!(from(Sighting::Line("no such line")), None);
    assert_eq!(world.emulator.visible_from("nothing-abcde", Sighting::End), None);
}
