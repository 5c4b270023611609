//! The text of a drawn life: a scenario of the built-in cloud, as it grows.

use std::fmt::Write as _;

use super::Case;

/// When the wrapper cheers.
const CHEER: u64 = 8_300;
/// From the agent's give-up to its container's end.
pub(super) const FAILS_AFTER: u64 = 2_000;
/// What the give-up marker is known by.
pub(super) const GIVEN_UP: &str = "Error running job";
/// What the proof line is known by.
pub(super) const PROOF: &str = "CustomJob created. Resource name";

/// A scenario's text as it grows.
pub(super) struct Text {
    pub(super) toml: String,
    lag: u64,
}

impl Text {
    /// A life whose lines become visible so many milliseconds after they were printed, where nothing else is said of one.
    pub(super) fn new(lag: u64) -> Self {
        Self {
            toml: String::new(),
            lag,
        }
    }

    fn add(&mut self, text: std::fmt::Arguments<'_>) {
        let _ = self.toml.write_fmt(text); // a String takes everything
    }

    /// The runner and what it always prints; when it ends.
    pub(super) fn runner(&mut self, case: Case, at: u64) -> u64 {
        let (exit, code) = match case {
            Case::ExecutionFailed => (at - 500, 1),
            Case::FirstOfThree => (at + FAILS_AFTER, 1),
            Case::LogFatal | Case::LogProof => (at + 60_000, 0),
            Case::JobActive | Case::JobFailed => (at + 28_000, 0),
        };
        let lag = self.lag;
        self.add(format_args!(
            "summary = \"drawn\"\nlag = \"{lag}ms\"\n\n[runner]\nmax_retries = 0\n\n\
             [[runner.attempt]]\nstart = \"4s\"\nexit = {{ at = \"{exit}ms\", code = {code} }}\n"
        ));
        self.line(4_200, None, "stdout", "Starting runner");
        if case == Case::ExecutionFailed {
            return exit;
        }
        self.line(5_500, None, "stderr", "wandb: Starting launch agent ✨");
        self.line(
            6_400,
            None,
            "stderr",
            "wandb: launch: agent ${EXECUTION} polling on queues vertex-ai-queue, running 0 out of a maximum of 1 jobs",
        );
        self.line(at.min(12_000) - 4_000, None, "stderr", RECEIVED);
        self.line(
            at.min(12_000) - 3_000,
            None,
            "stderr",
            "wandb: launch: Launching job: my-team/vision/train-job:latest",
        );
        exit
    }

    fn line(&mut self, at: u64, lag: Option<u64>, stream: &str, text: &str) {
        let lag = lag.map_or(String::new(), |lag| format!("lag = \"{lag}ms\"\n"));
        self.add(format_args!(
            "\n[[log]]\nat = \"{at}ms\"\n{lag}stream = \"{stream}\"\ntext = '''\n{text}'''\n"
        ));
    }

    /// So many lines a second from the runner's start to its end, fifty at a time.
    pub(super) fn flood(&mut self, a_second: u32, ends: u64) {
        const AT_A_TIME: u32 = 50;
        let every = u64::from(AT_A_TIME * 1000 / a_second.max(AT_A_TIME)).max(1);
        let times = ends.saturating_sub(5_000) / every;
        let lines = "step: loss=0.4312 lr=1e-4 tokens/s=51234\n".repeat(AT_A_TIME as usize);
        self.add(format_args!(
            "\n[[log]]\nat = \"5s\"\ncount = {times}\nevery = \"{every}ms\"\ntext = '''\n{lines}'''\n"
        ));
    }

    /// Our job, which shows `hidden` ms after its creation, at `at` where that is half a second.
    pub(super) fn job(&mut self, at: u64, states: &str, hidden: u64) {
        let created = at - 500;
        self.add(format_args!(
            "\n[[job]]\nat = \"{created}ms\"\nowner = \"ours\"\nmark = \"label\"\ndisplay_name = \"train-vision\"\n\
             states = [{states}]\nvisible_after = \"{hidden}ms\"\n\
             error = {{ code = 3, message = \"The replica workerpool0-0 exited with a non-zero status of 1.\" }}\n"
        ));
    }

    /// Somebody else's, which fails within seconds.
    pub(super) fn foreign(&mut self, at: u64) {
        self.add(format_args!(
            "\n[[job]]\nat = \"{at}ms\"\nowner = \"foreign\"\nmark = \"none\"\ndisplay_name = \"somebody-elses-sweep\"\n\
             states = [[\"0s\", \"PENDING\"], [\"3s\", \"FAILED\"]]\n\
             error = {{ code = 8, message = \"Resources are insufficient in region: ${{REGION}}.\" }}\n"
        ));
    }

    /// The wrapper cheers before anything is submitted.
    pub(super) fn cheer(&mut self) {
        self.line(CHEER, None, "stdout", "✅ Job submitted to Vertex AI!");
    }

    /// The SDK prints that it has created a job.
    pub(super) fn proof(&mut self, at: u64, lag: u64) {
        let text = format!(
            "{PROOF}: projects/${{PROJECT_NUMBER}}/locations/${{REGION}}/customJobs/${{JOB_ID:0}}\n\
             View Custom Job:"
        );
        self.line(at, Some(lag), "stdout", &text);
    }

    /// The agent gives the queue item up.
    pub(super) fn give_up(&mut self, at: u64, lag: u64) {
        self.line(at, Some(lag), "stderr", GIVE_UP);
    }
}

/// agent.py prints the whole queue item.
const RECEIVED: &str = "wandb: launch: Launch agent received job:
wandb: {'runQueueItemId': '${QUEUE_ITEM}',
wandb:  'runSpec': {'author': 'me@example.com',
wandb:              'job': 'my-team/vision/train-job:latest',
wandb:              'resource': 'vertex'}}
wandb: ";

/// agent.py's marker, with a cause that the old loop's patterns know too.
const GIVE_UP: &str = "wandb: ERROR launch: Error running job: Traceback (most recent call last):
wandb: ERROR   File \"/usr/local/lib/python3.10/site-packages/wandb/sdk/launch/agent/agent.py\", line 668, in task_run_job
wandb: ERROR     await self._task_run_job(
wandb: ERROR   File \"/usr/local/lib/python3.10/site-packages/google/api_core/grpc_helpers.py\", line 72, in error_remapped_callable
wandb: ERROR     raise exceptions.from_grpc_error(exc) from exc
wandb: ERROR google.api_core.exceptions.PermissionDenied: 403 Permission 'aiplatform.customJobs.create' denied on resource '//aiplatform.googleapis.com/projects/${PROJECT}/locations/${REGION}' (or it may not exist).
wandb: ERROR ";
