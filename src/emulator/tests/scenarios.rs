use super::super::clock::{Pace, between};
use super::super::run::deployed::Life;
use super::super::timeline::{self, Kind, Names, Run, Template};
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

/// What Vertex AI and Logging show of a built-in scenario, with the offsets at which each thing appears.
struct Shown {
    lines: Vec<(Duration, String)>,
    jobs: Vec<(Duration, String)>,
}

/// Lays a scenario out by itself and reads its timeline, without a server.
fn shown(name: &str) -> (Run, Shown) {
    let life = Life::of(builtin(name));
    let scenario = &life.scenario;
    let ids = (0..scenario.jobs.len())
        .map(|index| format!("{}", 1000 + index))
        .collect::<Vec<_>>();
    let names = Names {
        execution: format!("{name}-abcde"),
        queue_item: "ITEM".into(),
        run_ids: ids.clone(),
        job_ids: ids,
        ..Names::default()
    };
    let pace = Pace::new(jiff::Timestamp::UNIX_EPOCH, 1.0);
    let template = Template {
        task: std::sync::Arc::new(json!({})),
        task_count: 1,
        parallelism: 0,
        max_retries: 0,
        is_delayed: false,
        timeout: Duration::from_hours(2),
    };
    let run = Run::new(&life, names, "uid".into(), pace, template);
    let offset = |at| between(jiff::Timestamp::UNIX_EPOCH, at);
    let mut lines = Vec::new();
    for entry in timeline::lay_out_logs(&run) {
        assert!(
            entry.at <= entry.received && entry.received <= entry.visible,
            "{name}: {entry:?}"
        );
        if let Kind::Line { text, .. } = entry.kind {
            assert!(!text.contains("${"), "{name}: an unknown name in {text}");
            lines.push((offset(entry.visible), text));
        }
    }
    let mut jobs = Vec::new();
    for job in timeline::lay_out_jobs(&run) {
        let plan = run
            .scenario
            .jobs
            .iter()
            .find(|plan| run.names.fill(&plan.display_name) == job.display_name)
            .unwrap();
        let seen = |after: Duration| offset(job.visible).max(plan.at.0 + after);
        jobs.extend(
            plan.states
                .iter()
                .map(|(after, state)| (seen(after.0), state.name().to_owned())),
        );
    }
    (run, Shown { lines, jobs })
}

#[test]
fn every_truth_begins_when_the_fact_behind_it_can_first_be_seen() {
    for (name, _) in Scenario::builtins() {
        let (run, shown) = shown(name);
        let line = |text: &str| {
            shown
                .lines
                .iter()
                .filter(|(_, line)| line.contains(text))
                .map(|(at, _)| *at)
                .min()
        };
        let job = |state: &str| {
            shown
                .jobs
                .iter()
                .filter(|(_, known)| known == state)
                .map(|(at, _)| *at)
                .min()
        };
        let ended = run
            .course
            .end
            .as_ref()
            .map(|(at, _)| between(jiff::Timestamp::UNIX_EPOCH, *at));
        for truth in run.scenario.truths() {
            let fact = match (truth.path(), truth.until()) {
                (Some("job_active"), "running") => job("JOB_STATE_RUNNING"),
                (Some("job_succeeded"), _) => job("JOB_STATE_SUCCEEDED"),
                (Some("job_failed"), _) => job("JOB_STATE_FAILED"),
                (Some("log_submitted"), _) => line("CustomJob created. Resource name:"),
                (Some("log_fatal"), _) => line("Error running job:")
                    .or(line("completed 0 runs"))
                    .or(line("Memory limit of")),
                (Some("execution_failed" | "execution_cancelled"), _) => ended,
                _ => continue,
            };
            let fact = fact.unwrap_or_else(|| panic!("{name}: nothing shows {truth:?}"));
            let late = truth
                .from()
                .checked_sub(fact)
                .unwrap_or_else(|| panic!("{name}: {truth:?} before {fact:?}"));
            assert!(
                late <= Duration::from_millis(5),
                "{name}: {truth:?} long after {fact:?}"
            );
        }
    }
}

#[tokio::test(start_paused = true)]
async fn every_scenario_can_be_run_to_its_truth() {
    let world = World::with(vec![]).await;
    for (name, _) in Scenario::builtins()
        .into_iter()
        .filter(|(name, _)| *name != "lost-response")
    {
        let execution = world.run(name).await;
        assert!(
            world.emulator.truths(&execution).is_empty(),
            "{name}: a verdict at once"
        );
        let first = builtin(name)
            .truths()
            .iter()
            .map(super::super::Truth::from)
            .min()
            .unwrap();
        tokio::time::sleep(first).await;
        assert!(!world.emulator.truths(&execution).is_empty(), "{name}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_thousand_runs_are_served_and_none_is_lost() {
    let world = World::with(vec![]).await;
    for _ in 0..1000 {
        world.run("job-pending").await;
    }
    pass(20.0).await;
    let mut jobs = std::collections::HashSet::new();
    let mut token = String::new();
    loop {
        let page = world
            .get(&format!("/v1/{PARENT}/customJobs?pageToken={token}"))
            .await;
        jobs.extend(
            page["customJobs"]
                .as_array()
                .unwrap()
                .iter()
                .map(|job| job["name"].to_string()),
        );
        let Some(next) = page["nextPageToken"].as_str() else {
            break;
        };
        token = next.to_owned();
    }
    assert_eq!(jobs.len(), 1000);
    let filter = "timestamp>=\"2026-11-23T10:00:12Z\" AND textPayload:\"Resource name\"";
    assert_eq!(world.entries(filter).await.len(), 1000);
}
