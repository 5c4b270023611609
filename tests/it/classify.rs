//! `liftoff classify`, as a user runs it.

mod hostile;
mod items;
mod lines;
mod patterns;

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

use crate::cli::cloud::liftoff;

/// A log of a launch that failed for want of quota, with what surrounds it.
const LOG: &str = "\
Starting Task #0, Attempt #0 ...
wandb: Starting launch agent \u{2728}
wandb: launch: agent team/agent polling on queues gpu, running 0 out of a maximum of 1 jobs
\u{1b}[34m\u{1b}[1mwandb\u{1b}[0m: launch: Launching job: team/proj/job-train:v3
WARNING: a warning that means nothing
export WANDB_API_KEY=0123456789abcdef0123456789abcdef01234567
wandb: ERROR launch: Error running job: Traceback (most recent call last):
wandb: ERROR   File \"/app/agent.py\", line 668, in task_run_job
wandb: ERROR     await self._task_run_job(
wandb: ERROR google.api_core.exceptions.ResourceExhausted: 429 The following quota metrics exceed quota limits: aiplatform.googleapis.com/custom_model_training_nvidia_l4_gpus
wandb: ERROR 
wandb: launch: agent team/agent polling on queues gpu, running 0 out of a maximum of 1 jobs
Container called exit(1).
";

/// A log of a launch that worked.
const WELL: &str = "\
wandb: Starting launch agent \u{2728}
Creating CustomJob
CustomJob created. Resource name: projects/1/locations/us-central1/customJobs/2
";

/// Runs `liftoff classify` with these arguments on these bytes.
fn classify(arguments: &[&str], input: &[u8]) -> Output {
    let home = tempfile::tempdir().unwrap();
    run(&home, liftoff(&home).arg("classify").args(arguments), input)
}

fn run(_home: &TempDir, command: &mut Command, input: &[u8]) -> Output {
    let mut process = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = process.stdin.take().unwrap();
    let input = input.to_owned();
    // Written aside: a large output would fill its pipe while the input is still being written.
    let writer = std::thread::spawn(move || {
        let _ = stdin.write_all(&input);
    });
    let output = process.wait_with_output().unwrap();
    writer.join().unwrap();
    output
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}
