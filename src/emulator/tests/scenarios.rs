use super::*;

#[tokio::test(start_paused = true)]
async fn several_executions_have_their_own_timelines() {
    let world = World::with(vec![]).await;
    let first = world.run("job-pending").await;
    pass(20.0).await;
    let second = world.run("job-pending").await;
    pass(1.0).await;
    assert_eq!(world.get(&format!("/v2/{first}")).await["runningCount"], 1);
    assert!(
        world
            .get(&format!("/v2/{second}"))
            .await
            .get("startTime")
            .is_none()
    );
    assert!(!world.emulator.truths(&first).is_empty());
    assert!(world.emulator.truths(&second).is_empty());
}

#[tokio::test(start_paused = true)]
async fn speed_scales_the_scenario_and_not_the_clock() {
    let config = EmulatorConfig {
        speed: 10.0,
        ..EmulatorConfig::default()
    };
    let world = World::start(config).await;
    let name = world.run("job-pending").await;
    pass(1.3).await;
    assert_eq!(world.jobs().await[0]["createTime"], "2026-11-23T10:00:01.2Z");
    assert_eq!(
        world.get(&format!("/v2/{name}")).await["startTime"],
        "2026-11-23T10:00:00.4Z"
    );
    assert_eq!(world.emulator.truths(&name).len(), 1);
}

#[tokio::test(start_paused = true)]
async fn other_jobs_can_be_deployed_beside_the_built_in_ones() {
    let config = EmulatorConfig {
        jobs: vec![("train".to_owned(), builtin("quota"))],
        ..EmulatorConfig::default()
    };
    let world = World::start(config).await;
    assert!(world.run("train").await.contains("/executions/train-"));
    let jobs = world.get(&format!("/v2/{PARENT}/jobs?pageSize=100")).await;
    assert_eq!(
        jobs["jobs"].as_array().unwrap().len(),
        Scenario::builtins().len() + 1
    );
}
