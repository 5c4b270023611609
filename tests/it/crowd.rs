//! Runners of many kinds for a batch: successes by each path, failures of ten causes, with foreign jobs beside them.

use std::fmt::Write as _;
use std::time::Duration;

use liftoff::emulator::Scenario;

/// How one kind of runner comes out.
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    /// The exit code of a right verdict.
    pub(crate) exit: u8,
    /// Of a hundred launches so many are of this kind.
    share: usize,
    life: Life,
}

enum Life {
    /// A job of ours: its mark and state.
    Job(&'static str, &'static str),
    /// The job is ours by the log's proof alone for ten minutes.
    Proof,
    /// The agent gives the item up with this last line.
    GivenUp(&'static str),
    /// The container dies before the agent polls.
    Dies,
    /// Out of memory while the job is built.
    Memory,
}

/// 70 successes and 30 failures of ten causes in a hundred.
pub(crate) const KINDS: [Kind; 15] = [
    kind("pending", 0, 38, Life::Job("label", "PENDING")),
    kind("queued", 0, 10, Life::Job("label", "QUEUED")),
    kind("running", 0, 10, Life::Job("label", "RUNNING")),
    kind("by-item", 0, 6, Life::Job("trace-id", "PENDING")),
    kind("proof", 0, 6, Life::Proof),
    kind("failed-job", 1, 3, Life::Job("label", "FAILED")),
    kind("dies", 1, 3, Life::Dies),
    kind("memory", 1, 3, Life::Memory),
    kind("permission", 1, 3, Life::GivenUp(PERMISSION)),
    kind("quota", 1, 3, Life::GivenUp(QUOTA)),
    kind("machine", 1, 3, Life::GivenUp(MACHINE)),
    kind("bucket", 1, 3, Life::GivenUp(BUCKET)),
    kind("credentials", 1, 3, Life::GivenUp(CREDENTIALS)),
    kind("unavailable", 1, 3, Life::GivenUp(UNAVAILABLE)),
    kind("argument", 1, 3, Life::GivenUp(ARGUMENT)),
];

const PERMISSION: &str = "google.api_core.exceptions.PermissionDenied: 403 Permission 'aiplatform.customJobs.create' denied on \
    resource '//aiplatform.googleapis.com/projects/${PROJECT}/locations/${REGION}' (or it may not exist).";
const QUOTA: &str = "google.api_core.exceptions.ResourceExhausted: 429 The following quota metrics exceed quota limits: \
    aiplatform.googleapis.com/custom_model_training_nvidia_a100_gpus";
const MACHINE: &str =
    "google.api_core.exceptions.InvalidArgument: 400 Machine type \"a3-highgpu-8g\" is not supported.";
const BUCKET: &str = "google.api_core.exceptions.NotFound: 404 The specified bucket does not exist.";
const CREDENTIALS: &str = "google.auth.exceptions.RefreshError: ('invalid_grant: Bad Request', {'error': 'invalid_grant', \
    'error_description': 'Bad Request'})";
const UNAVAILABLE: &str =
    "google.api_core.exceptions.ServiceUnavailable: 503 The service is currently unavailable.";
const ARGUMENT: &str = "google.api_core.exceptions.InvalidArgument: 400 List of found errors: 1.Field: \
    job_spec.worker_pool_specs[0].container_spec.image_uri; Message: Invalid image URI.";

const fn kind(name: &'static str, exit: u8, share: usize, life: Life) -> Kind {
    Kind {
        name,
        exit,
        share,
        life,
    }
}

/// The kind of the nth launch, spread evenly over every hundred.
pub(crate) fn kind_of(n: usize) -> &'static Kind {
    let mut place = (n * 37) % 100; // 37 and 100 have no common divisor: every place once
    for kind in &KINDS {
        if place < kind.share {
            return kind;
        }
        place -= kind.share;
    }
    panic!("the shares are a hundred")
}

impl Kind {
    /// The job that plays it, with lines that become visible `lag` seconds late.
    pub(crate) fn job(&self, lag: u32) -> String {
        format!("{}-{lag}", self.name)
    }

    /// The scenario behind [`Self::job`], with so many foreign jobs beside it: one without a mark, the others with that of
    /// another execution.
    pub(crate) fn scenario(&self, lag: u32, foreign: usize) -> Scenario {
        let mut text = format!("summary = '{}'\nlag = '{lag}s'\n[runner]\n", self.name);
        text.push_str(self.attempt());
        if !matches!(self.life, Life::Dies) {
            text.push_str(AGENT);
        }
        if !matches!(self.life, Life::Dies | Life::Memory) {
            text.push_str(SHUTDOWN);
        }
        self.middle(&mut text);
        for n in 0..foreign {
            let at = 3 + 2 * n;
            let labels = if n == 4 {
                ""
            } else {
                "cloud-run-execution = 'colleagues-4x7'"
            };
            let _ = write!(
                text,
                "[[job]]\nat = '{at}s'\nowner = 'foreign'\nmark = 'none'\ndisplay_name = 'sweep-{n}'\n\
                 labels = {{ {labels} }}\n\
                 states = [['0s', 'PENDING'], ['5s', 'FAILED']]\n\
                 error = {{ code = 3, message = 'no' }}\n"
            );
        }
        Scenario::parse(&self.job(lag), &text).unwrap()
    }

    fn attempt(&self) -> &'static str {
        match self.life {
            Life::Dies => "[[runner.attempt]]\nstart = '4s'\nexit = { at = '9s', code = 1 }\n",
            Life::Memory => {
                "[[runner.attempt]]\nstart = '4s'\n\
                 exit = { at = '26s', signal = 9, message = 'The configured memory limit was reached.' }\n"
            }
            _ => "[[runner.attempt]]\nstart = '4s'\nexit = { at = '40s', code = 0 }\n",
        }
    }

    fn middle(&self, text: &mut String) {
        match self.life {
            Life::Job(mark, state) => {
                if mark == "label" {
                    text.push_str(PROOF);
                }
                text.push_str(&ours(mark, state, "500ms"));
            }
            Life::Proof => {
                text.push_str(PROOF);
                text.push_str(&ours("label", "PENDING", "10m"));
            }
            Life::GivenUp(last) => {
                let _ = write!(text, "{GIVE_UP}wandb: ERROR {last}\nwandb: ERROR '''\n");
            }
            Life::Dies => text.push_str(DIES),
            Life::Memory => text.push_str(MEMORY),
        }
    }

    /// When a judge with perfect sight would decide, after `jobs.run` was accepted.
    pub(crate) fn decidable(&self, lag: u32) -> Duration {
        let lag = f64::from(lag);
        let seconds = match self.life {
            Life::Job("trace-id", ..) => 12.5_f64.max(8.0 + lag),
            Life::Job(..) => 12.5,
            Life::Proof => 12.1 + lag,
            Life::GivenUp(_) => 12.2 + lag,
            Life::Dies => 9.5,
            Life::Memory => 26.5,
        };
        Duration::from_secs_f64(seconds)
    }
}

fn ours(mark: &str, state: &str, after: &str) -> String {
    let (states, error) = match state {
        "FAILED" => (
            "[['0s', 'PENDING'], ['0.2s', 'FAILED']]".to_owned(),
            "error = { code = 3, message = 'The replica workerpool0-0 exited with a non-zero status of 1.' }\n",
        ),
        state => (format!("[['0s', '{state}']]"), ""),
    };
    format!(
        "[[job]]\nat = '12s'\nowner = 'ours'\nmark = '{mark}'\ndisplay_name = 'train'\nstates = {states}\n\
         visible_after = '{after}'\n{error}"
    )
}

const AGENT: &str = r"
[[log]]
at = '4.2s'
text = '✓ W&B agent started (PID: 7)'
[[log]]
at = '5.5s'
stream = 'stderr'
text = 'wandb: Starting launch agent ✨'
[[log]]
at = '6.4s'
stream = 'stderr'
text = 'wandb: launch: agent ${EXECUTION} polling on queues vertex-ai-queue, running 0 out of a maximum of 1 jobs'
[[log]]
at = '8s'
stream = 'stderr'
text = '''
wandb: launch: Launch agent received job:
wandb: {'runQueueItemId': '${QUEUE_ITEM}',
wandb:  'runSpec': {'author': 'me@example.com',
wandb:              'entity': 'my-team',
wandb:              'job': 'my-team/vision/train-job:latest',
wandb:              'overrides': {'args': ['--epochs', '90', '--on-error=continue']},
wandb:              'project': 'vision',
wandb:              'resource': 'vertex',
wandb:              'resource_args': {'vertex': {'run': {'restart_job_on_worker_restart': False},
wandb:                                         'spec': {'staging_bucket': 'gs://my-bucket'}}}}}
wandb: '''
[[log]]
at = '8.3s'
text = '✅ Job submitted to Vertex AI!'
[[log]]
at = '8.6s'
stream = 'stderr'
text = '''
wandb: launch: Launching job: my-team/vision/train-job:latest
wandb: launch: agent ${EXECUTION} running 1 out of a maximum of 1 jobs'''
[[log]]
at = '10s'
stream = 'stderr'
text = 'wandb:   2 of 2 files downloaded.'
[[log]]
at = '11.4s'
text = 'Creating CustomJob'
";

const SHUTDOWN: &str = r"
[[log]]
at = '39.4s'
stream = 'stderr'
text = 'wandb: launch: Shutting down, active jobs:'
";

const PROOF: &str = r"
[[log]]
at = '12.1s'
text = '''
CustomJob created. Resource name: projects/${PROJECT_NUMBER}/locations/${REGION}/customJobs/${JOB_ID:0}
To use this CustomJob in another session:
custom_job = aiplatform.CustomJob.get('projects/${PROJECT_NUMBER}/locations/${REGION}/customJobs/${JOB_ID:0}')
View Custom Job:
https://console.cloud.google.com/agent-platform/locations/${REGION}/training/${JOB_ID:0}?project=${PROJECT_NUMBER}'''
";

const GIVE_UP: &str = r#"
[[log]]
at = '12.2s'
stream = 'stderr'
text = '''
wandb: ERROR launch: Error running job: Traceback (most recent call last):
wandb: ERROR   File "/usr/local/lib/python3.10/site-packages/wandb/sdk/launch/agent/agent.py", line 668, in task_run_job
wandb: ERROR     await self._task_run_job(
"#;

const DIES: &str = r"
[[log]]
at = '8.7s'
stream = 'stderr'
text = '/entrypoint.sh: line 41: WANDB_QUEUE: unbound variable'
";

const MEMORY: &str = r"
[[log]]
at = '25.9s'
stream = 'system'
severity = 'ERROR'
text = 'Memory limit of 512 MiB exceeded with 530 MiB used. Consider increasing the memory limit, see https://cloud.google.com/run/docs/configuring/memory-limits'
";
