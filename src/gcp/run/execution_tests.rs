use super::*;
use crate::core::execution::ExecutionState;

fn view(json: &str) -> ExecutionView {
    serde_json::from_str::<Execution>(json)
        .unwrap()
        .into_core()
        .unwrap()
}

const CREATED: &str = r#"{"name":"projects/p/locations/us-east1/operations/64ebb3c3-d459-45a7-b5e6-939c1390514d",
 "metadata":{"@type":"type.googleapis.com/google.cloud.run.v2.Execution",
  "name":"projects/p/locations/us-east1/jobs/train/executions/train-hkk8p",
  "uid":"1e47f993-355e-4fec-839b-01ea7a94aa6a","generation":"1",
  "createTime":"2026-06-10T14:35:58.688140Z","updateTime":"2026-06-10T14:35:58.688140Z",
  "launchStage":"GA","job":"train","parallelism":1,"taskCount":1,
  "template":{"containers":[{"image":"img","args":["x"],"env":[{"name":"LIFTOFF_LAUNCH_ID","value":"train-1"},
      {"name":"WANDB_API_KEY","value":"hunter2"}],
     "resources":{"limits":{"cpu":"1000m","memory":"512Mi"}}}],
     "maxRetries":0,"timeout":"300s","serviceAccount":"sa@p.iam.gserviceaccount.com"},
  "reconciling":true,"conditions":[{"type":"Completed","state":"CONDITION_PENDING"}],
  "logUri":"https://console.cloud.google.com/logs/viewer?project=p",
  "creator":"me@p.iam.gserviceaccount.com","etag":"\"CM6F\""}}"#;

const FAILED: &str = r#"{"name":"projects/p/locations/l/jobs/train/executions/train-abcde","uid":"7f0c9a52","generation":"1",
 "createTime":"2026-09-23T06:00:00.412733Z","startTime":"2026-09-23T06:00:04.118207Z",
 "completionTime":"2026-09-23T06:10:00.654321Z","launchStage":"GA","job":"train","parallelism":1,"taskCount":1,
 "failedCount":1,"conditions":[
  {"type":"ResourcesAvailable","state":"CONDITION_SUCCEEDED","lastTransitionTime":"2026-09-23T06:00:03.901442Z"},
  {"type":"Started","state":"CONDITION_SUCCEEDED","lastTransitionTime":"2026-09-23T06:00:04.118207Z"},
  {"type":"Completed","state":"CONDITION_FAILED","message":"Task train-abcde-task0 failed with message: x",
   "lastTransitionTime":"2026-09-23T06:10:00.654321Z","executionReason":"NON_ZERO_EXIT_CODE"}],
 "etag":"\"CPjM\""}"#;

#[test]
fn the_first_answer_of_jobs_run_names_the_execution() {
    let operation = serde_json::from_str::<Operation>(CREATED).unwrap().into_core();
    assert!(!operation.done && operation.error.is_none());
    let execution = operation.execution.unwrap();
    assert_eq!(execution.name.short(), "train-hkk8p");
    assert_eq!(execution.state, ExecutionState::Pending);
    assert_eq!((execution.tasks, execution.max_retries), (1, 0));
    assert_eq!(execution.launch_id.as_deref(), Some("train-1"));
    assert!(!format!("{execution:?}").contains("hunter2"));
}

#[test]
fn a_failed_execution_tells_why() {
    let execution = view(FAILED);
    assert_eq!(execution.state, ExecutionState::Failed);
    assert_eq!(execution.reason.as_deref(), Some("NON_ZERO_EXIT_CODE"));
    assert_eq!(
        execution.message.as_deref(),
        Some("Task train-abcde-task0 failed with message: x")
    );
    assert_eq!(
        (execution.failed, execution.succeeded, execution.max_retries),
        (1, 0, 3)
    );
    let cancelled = FAILED
        .replace("failedCount", "cancelledCount")
        .replace("NON_ZERO_EXIT_CODE", "CANCELLED");
    assert_eq!(view(&cancelled).state, ExecutionState::Cancelled);
}

#[test]
fn an_operation_takes_the_response_before_the_metadata_and_keeps_its_error() {
    let json = format!(
        r#"{{"name":"projects/p/locations/l/operations/1","done":true,"metadata":{{"@type":"x","new":[1]}},
            "response":{FAILED},"error":{{"code":10,"message":"Aborted"}}}}"#
    );
    let operation = serde_json::from_str::<Operation>(&json).unwrap().into_core();
    assert!(operation.done);
    assert_eq!(operation.execution.unwrap().state, ExecutionState::Failed);
    assert_eq!(operation.error.unwrap().code, 10);
}

#[test]
fn what_is_missing_null_or_of_another_type_does_not_matter() {
    let odd = r#"{"name":"projects/p/locations/l/jobs/j/executions/e","uid":null,"generation":2,"observedGeneration":"2",
        "createTime":"soon","conditions":[null,{"type":"Completed","state":4},7],"succeededCount":"1","taskCount":null,
        "template":{"maxRetries":"5","containers":[{"env":"none"},{}]},"future":{"deep":[{}]}}"#;
    let execution = view(odd);
    assert_eq!(execution.state, ExecutionState::Succeeded);
    assert_eq!(
        (execution.succeeded, execution.tasks, execution.max_retries),
        (1, 1, 5)
    );
    assert_eq!(execution.create_time, None);
    let nameless = serde_json::from_str::<Execution>("{}").unwrap().into_core();
    assert_eq!(nameless, Err(AnswerError::Missing("name")));
}

#[test]
fn a_page_leaves_out_what_it_cannot_read_and_counts_it() {
    let json = format!(r#"{{"executions":[{FAILED},{{}},3],"nextPageToken":"t"}}"#);
    let page = ExecutionsPage::parse_executions(json.as_bytes(), &|_| None).unwrap();
    assert_eq!(
        (page.fresh.len(), page.skipped, page.next.as_deref()),
        (1, 2, Some("t"))
    );
    let empty = ExecutionsPage::parse_executions(b"{}", &|_| None).unwrap();
    assert_eq!((empty.fresh.len(), empty.next), (0, None));
}

#[test]
fn a_list_asks_for_all_that_is_read_and_for_no_more_of_the_template() {
    const WHOLE: &str = r#"{"name":"projects/p/locations/l/jobs/j/executions/e","uid":"u","generation":"2","observedGeneration":"1",
     "createTime":"2026-09-23T06:00:00Z","startTime":"2026-09-23T06:00:04Z","completionTime":"2026-09-23T06:10:00Z",
     "updateTime":"2026-09-23T06:10:01Z","deleteTime":"2026-09-23T06:11:00Z","job":"j","labels":{"a":"b"},
     "conditions":[{"type":"Completed","state":"CONDITION_FAILED","message":"m","executionReason":"NON_ZERO_EXIT_CODE"}],
     "runningCount":1,"succeededCount":2,"failedCount":3,"cancelledCount":4,"retriedCount":5,"taskCount":15,"logUri":"https://a",
     "template":{"maxRetries":7,"containers":[{"image":"i","args":["x"],
      "env":[{"name":"LIFTOFF_LAUNCH_ID","value":"id"},{"name":"KEY","valueSource":{"secretKeyRef":{"secret":"s"}}}]}]}}"#;
    let answer = format!(r#"{{"executions":[{WHOLE},{FAILED}],"nextPageToken":"t","unreachable":[]}}"#);
    let part = crate::emulator::fields::select(LISTED, serde_json::from_str(&answer).unwrap()).unwrap();
    let views = |text: &str| {
        let page = ExecutionsPage::parse_executions(text.as_bytes(), &|_| None).unwrap();
        page.fresh
            .into_iter()
            .map(|listed| listed.item)
            .collect::<Vec<_>>()
    };
    let listed = views(&part.to_string());
    assert_eq!(listed, views(&answer));
    assert_eq!((listed[0].max_retries, listed[0].retried), (7, 5));
    assert_eq!(listed[0].launch_id.as_deref(), Some("id"));
    for left_out in ["image", "args", "secretKeyRef", "labels", "etag"] {
        assert!(!part.to_string().contains(left_out), "{left_out}");
    }
}
