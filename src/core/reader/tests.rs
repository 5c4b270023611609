//! The reader's behaviour on blocks, dumps, lanes and duplicates.

use jiff::{SignedDuration, Timestamp};

use super::{RunnerReader, judge_item};
use crate::core::entry::{EntryKey, LogEntry, Severity, Stream};
use crate::core::finding::{ContainerExit, FatalScope, Finding, Label, Phase};
use crate::core::pattern::PatternSet;

mod company;
mod properties;

/// A submit that failed for want of quota, as the agent prints it.
const QUOTA: &str = "\
wandb: ERROR launch: Error running job: Traceback (most recent call last):
wandb: ERROR   File \"/app/agent.py\", line 668, in task_run_job
wandb: ERROR     await self._task_run_job(
wandb: ERROR grpc._channel._InactiveRpcError: <_InactiveRpcError of RPC that terminated with:
wandb: ERROR \tstatus = StatusCode.RESOURCE_EXHAUSTED
wandb: ERROR \tdetails = \"no more\"
wandb: ERROR >
wandb: ERROR 
wandb: ERROR The above exception was the direct cause of the following exception:
wandb: ERROR 
wandb: ERROR Traceback (most recent call last):
wandb: ERROR   File \"/app/runner.py\", line 2, in submit
wandb: ERROR     raise exceptions.from_grpc_error(exc) from exc
wandb: ERROR google.api_core.exceptions.ResourceExhausted: 429 The following quota metrics exceed quota limits: aiplatform.googleapis.com/custom_model_training_nvidia_l4_gpus
wandb: ERROR 
Going on to the next job";

/// Nobody knows this exception; it is raised while a transient one is handled.
const UNKNOWN: &str = "\
wandb: ERROR launch: Error running job: Traceback (most recent call last):
wandb: ERROR   File \"/app/agent.py\", line 668, in task_run_job
wandb: ERROR     raise PermissionError('403 PERMISSION_DENIED: Permission denied')
wandb: ERROR google.api_core.exceptions.ServiceUnavailable: 503 The service is currently unavailable.
wandb: ERROR 
wandb: ERROR During handling of the above exception, another exception occurred:
wandb: ERROR 
wandb: ERROR Traceback (most recent call last):
wandb: ERROR   File \"/app/agent.py\", line 700, in task_run_job
wandb: ERROR     self._jobs[rqi_id]
wandb: ERROR KeyError: 'x'
wandb: ERROR 
wandb: launch: agent a polling on queues q, running 0 out of a maximum of 1 jobs";

/// A crash without any prefix.
const CRASH: &str = "\
Traceback (most recent call last):
  File \"/app/main.py\", line 9, in <module>
    submit()
google.api_core.exceptions.PermissionDenied: 403 Permission 'aiplatform.customJobs.create' denied on resource 'x'
";

/// The label and category of lines that belong together.
pub(super) fn judged(lines: &[&str]) -> (Label, Option<String>) {
    let (label, finding) = judge_item(&patterns(), lines, Severity::Default);
    (label, finding.map(|finding| finding.category.to_string()))
}

/// The label of lines that belong together.
pub(super) fn label(lines: &[&str]) -> Label {
    judged(lines).0
}

fn patterns() -> PatternSet {
    PatternSet::builtin().unwrap()
}

fn entry(at: i64, text: &str) -> LogEntry {
    LogEntry {
        key: EntryKey {
            log_name: "projects/p/logs/run.googleapis.com%2Fstderr".into(),
            timestamp: Timestamp::UNIX_EPOCH + SignedDuration::from_millis(at),
            insert_id: format!("{at}-{}", text.len()),
        },
        stream: Stream::Stderr,
        severity: Severity::Default,
        received: None,
        execution: None,
        task: 0,
        attempt: 0,
        text: text.to_owned(),
    }
}

fn by_line(text: &str) -> Vec<LogEntry> {
    let lines = text.lines().zip(0..);
    lines.map(|(line, at)| entry(at, line)).collect()
}

fn read(set: &PatternSet, entries: &[LogEntry]) -> Vec<Finding> {
    let mut reader = RunnerReader::new();
    let mut found = reader.read(set, entries);
    found.extend(reader.settle(set));
    found
}

fn fatal(findings: &[Finding]) -> Vec<(&str, FatalScope, bool)> {
    let fatal = findings.iter().filter(|finding| finding.label == Label::Fatal);
    fatal
        .map(|finding| (&*finding.category, finding.scope, finding.vague))
        .collect()
}

#[test]
fn a_give_up_block_is_one_fatal_finding_with_the_last_specific_cause() {
    let found = read(&patterns(), &by_line(QUOTA));
    assert_eq!(fatal(&found), [("quota-exceeded", FatalScope::Item, false)]);
    assert_eq!(
        found[0].summary,
        "Quota exceeded: custom_model_training_nvidia_l4_gpus"
    );
}

#[test]
fn inside_a_give_up_block_a_transient_cause_is_fatal_and_frames_say_nothing() {
    let found = read(&patterns(), &by_line(UNKNOWN));
    assert_eq!(fatal(&found), [("submit-failed", FatalScope::Item, false)]);
}

#[test]
fn a_give_up_marker_alone_is_reported_when_the_log_is_quiet_and_refined_by_what_comes_later() {
    let set = patterns();
    let mut reader = RunnerReader::new();
    let lines = by_line(QUOTA);
    let first = reader.read(&set, &lines[..3]);
    assert_eq!(first, []);
    let settled = reader.settle(&set);
    assert_eq!(fatal(&settled), [("submit-failed", FatalScope::Item, true)]);
    assert_eq!(reader.settle(&set), [], "nothing is said twice");
    let later = reader.read(&set, &lines[3..]);
    assert_eq!(fatal(&later), [("quota-exceeded", FatalScope::Item, false)]);
}

#[test]
fn a_crash_is_decided_by_its_last_line_and_ends_the_attempt_only() {
    let found = read(&patterns(), &by_line(CRASH));
    assert_eq!(fatal(&found), [("permission-denied", FatalScope::Attempt, false)]);
    let chained = format!(
        "{CRASH}\nDuring handling of the above exception, another exception occurred:\n\n\
        Traceback (most recent call last):\n  File \"a\", line 1\nrequests.exceptions.ConnectionError: reset"
    );
    let found = read(&patterns(), &by_line(&chained));
    assert_eq!(fatal(&found), []);
    assert_eq!(found[0].label, Label::Transient);
}

#[test]
fn a_traceback_that_a_calm_logger_line_opens_was_caught() {
    let logged = format!("2026-11-16 05:02:36,410 WARNING MainThread:7 [a.py:f():1] cannot do it\n{CRASH}");
    assert_eq!(fatal(&read(&patterns(), &by_line(&logged))), []);
    let mut late = by_line(&logged);
    for entry in &mut late[1..] {
        entry.key.timestamp += SignedDuration::from_secs(5);
    }
    assert_eq!(
        fatal(&read(&patterns(), &late)).len(),
        1,
        "seconds later it is another's"
    );
    let ended = logged.replace("WARNING", "INFO");
    let found = read(&patterns(), &by_line(&ended));
    assert_eq!(fatal(&found).len(), 1, "what begins at the module was not caught");
}

#[test]
fn the_agents_dump_is_data_and_names_the_queue_item() {
    let dump = "wandb: launch: Launch agent received job:\n\
        wandb: {'runQueueItemId': 'UnVu==',\n\
        wandb:  'runSpec': {'note': 'x',\n\
        wandb:              'runQueueItemId': 'theirs',\n\
        wandb:              'lines': ['Container called exit(1).', 'PERMISSION_DENIED: Permission denied']},\n\
        wandb:  'z': 1}\n\
        wandb: \n\
        wandb: launch: Launching job: a/b/c:v1";
    let found = read(&patterns(), &by_line(dump));
    assert_eq!(fatal(&found), []);
    assert!(
        found
            .iter()
            .all(|finding| finding.phase == Some(Phase::JobReceived))
    );
    let items: Vec<&str> = found
        .iter()
        .filter_map(|finding| finding.queue_item.as_deref())
        .collect();
    assert_eq!(items, ["UnVu=="]);
}

#[test]
fn a_dump_without_prefixes_is_data_too() {
    let dump = "2026-11-16 05:02:36,410 INFO    MainThread:7 [agent.py:run_job():526] launch: Launch agent received job:\n\
        {'runQueueItemId': 'UnVu==',\n 'note': 'y',\n 'text': 'denied: Permission \"artifactregistry.repositories.downloadArtifacts\" denied'}\n\
        Container terminated on signal 9.";
    let found = read(&patterns(), &[entry(0, dump)]);
    assert_eq!(
        fatal(&found),
        [],
        "the last line is the program's, not Cloud Run's"
    );
    assert!(
        found
            .iter()
            .any(|finding| finding.queue_item.as_deref() == Some("UnVu=="))
    );
}

#[test]
fn proof_lines_carry_the_job() {
    let proof = "CustomJob created. Resource name: projects/4/locations/us-central1/customJobs/45\n\
        View Custom Job:\nhttps://console.cloud.google.com/ai/platform/locations/us-central1/training/45?project=4";
    let found = read(&patterns(), &by_line(proof));
    let jobs: Vec<String> = found
        .iter()
        .filter_map(|finding| finding.job.as_ref().map(ToString::to_string))
        .collect();
    assert_eq!(jobs, ["projects/4/locations/us-central1/customJobs/45"; 2]);
    assert!(found.iter().all(|finding| finding.label == Label::Success));
}

#[test]
fn exit_lines_count_only_from_cloud_run_itself() {
    let set = patterns();
    let mut system = entry(0, "Container called exit(1).");
    assert_eq!(read(&set, &[system.clone()]), []);
    system.stream = Stream::System;
    let found = read(&set, &[system]);
    assert_eq!(found[0].exit, Some(ContainerExit::Code(1)));
    assert_eq!(
        fatal(&found),
        [("container-exit-nonzero", FatalScope::Attempt, true)]
    );
}

#[test]
fn the_wrappers_claim_is_a_phase_and_a_weak_sign() {
    let found = read(
        &patterns(),
        &[entry(0, "✅ Job submitted to Vertex AI! (Runs: 1)")],
    );
    assert!(found[0].weak_success);
    assert_eq!(
        (found[0].label, found[0].phase),
        (Label::Progress, Some(Phase::JobReceived))
    );
}

#[test]
fn a_traceback_that_was_cut_off_does_not_swallow_what_follows() {
    let cut = "Traceback (most recent call last):\n  File \"a.py\", line 1, in f\n    g()\n";
    let proof = "CustomJob created. Resource name: projects/4/locations/us-central1/customJobs/45";
    let found = read(&patterns(), &by_line(&format!("{cut}{proof}")));
    assert!(found.iter().any(|finding| finding.job.is_some()), "{found:?}");
    let mut entries = by_line(&format!("{cut}Container called exit(1)."));
    for entry in &mut entries {
        entry.stream = Stream::Other;
    }
    let found = read(&patterns(), &entries);
    assert_eq!(found[0].exit, Some(ContainerExit::Code(1)));
}

#[test]
fn attempts_and_streams_do_not_mix() {
    let mut entries = by_line(CRASH);
    let mut other = entry(2, "Going on");
    other.attempt = 1;
    entries.insert(2, other);
    let mut out = entry(3, "ConnectionError: reset");
    out.stream = Stream::Stdout;
    entries.insert(4, out);
    let found = read(&patterns(), &entries);
    assert_eq!(fatal(&found), [("permission-denied", FatalScope::Attempt, false)]);
}

#[test]
fn a_late_line_from_before_a_block_does_not_end_it() {
    let mut entries = by_line(QUOTA);
    for entry in &mut entries {
        entry.key.timestamp += SignedDuration::from_secs(60);
    }
    entries.insert(4, entry(5, "wandb: launch: Launching job: a/b/c:v1"));
    let found = read(&patterns(), &entries);
    assert_eq!(fatal(&found), [("quota-exceeded", FatalScope::Item, false)]);
}

#[test]
fn the_number_of_lanes_is_bounded_and_an_old_block_is_reported_before_it_goes() {
    let set = patterns();
    let mut reader = RunnerReader::new();
    let mut found = Vec::new();
    for task in 0..500 {
        let mut entry = entry(0, "wandb: ERROR launch: Error running job: why");
        entry.task = task;
        entry.key.insert_id = task.to_string();
        found.extend(reader.read(&set, [&entry]));
    }
    found.extend(reader.settle(&set));
    assert_eq!(fatal(&found).len(), 500);
}
