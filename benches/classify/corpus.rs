//! Logs as runners print them, made of templates: the same bytes on every machine.

use std::fmt::Write as _;

/// A linear congruential generator (Knuth's MMIX constants): repeatable, and plenty for filling templates.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below
    }

    fn pick<'a>(&mut self, of: &[&'a str]) -> &'a str {
        let count = u64::try_from(of.len()).unwrap_or(1);
        usize::try_from(self.roll(count)).map_or("", |at| of[at])
    }
}

const PACKAGES: &[&str] = &[
    "numpy",
    "torch",
    "protobuf",
    "urllib3",
    "requests",
    "grpcio",
    "google-cloud-aiplatform",
];

/// Some log of at least so many bytes: mostly what goes well, one line in a hundred that looks like trouble.
pub(crate) fn log(bytes: usize) -> String {
    let (mut text, mut dice) = (String::with_capacity(bytes + 512), Dice(7));
    while text.len() < bytes {
        line(&mut text, &mut dice);
        text.push('\n');
    }
    text
}

/// How a kind of line is made.
type Template = fn(&mut Dice) -> String;

/// Kinds of lines, and how many of a hundred they are.
const KINDS: [(u64, Template); 13] = [
    (30, step),
    (12, logger),
    (10, pip),
    (8, apt),
    (8, synced),
    (7, json),
    (7, bar),
    (5, glog),
    (4, gpu),
    (2, coloured),
    (3, warning),
    (3, eval),
    (1, retrying),
];

fn line(text: &mut String, dice: &mut Dice) {
    let mut left = dice.roll(100);
    for (share, template) in KINDS {
        if left < share {
            text.push_str(&template(dice));
            return;
        }
        left -= share;
    }
}

fn step(dice: &mut Dice) -> String {
    let mut n = |below| dice.roll(below);
    format!(
        "epoch {} step {} loss=0.{:04} lr={}.{}e-04 tokens/s={}.{} grad_norm=1.{:02}",
        n(30),
        n(100_000),
        n(10_000),
        n(9),
        n(100),
        n(90_000),
        n(10),
        n(100)
    )
}

fn logger(dice: &mut Dice) -> String {
    let mut n = |below| dice.roll(below);
    format!(
        "2026-11-{:02} 0{}:{:02}:{:02},{:03} INFO    MainThread:{} [agent.py:run():{}] thread pool has {} workers, queue depth {}",
        n(18) + 10,
        n(10),
        n(60),
        n(60),
        n(1000),
        n(99),
        n(900),
        n(16),
        n(400)
    )
}

fn pip(dice: &mut Dice) -> String {
    let (package, major, minor, line) = (dice.pick(PACKAGES), dice.roll(4), dice.roll(30), dice.roll(80));
    format!(
        "Requirement already satisfied: {package}>={major}.{minor} in /usr/local/lib/python3.11/site-packages (from -r requirements.txt (line {line})) ({major}.{minor}.1)"
    )
}

fn apt(dice: &mut Dice) -> String {
    let mut n = |below| dice.roll(below);
    format!(
        "#12 {}.{:03} Get:{} http://deb.debian.org/debian bookworm/main amd64 libssl-dev amd64 3.0.{}-1 [{} kB]",
        n(200),
        n(1000),
        n(90),
        n(20),
        n(900)
    )
}

fn synced(dice: &mut Dice) -> String {
    let mut n = |below| dice.roll(below);
    format!(
        "wandb: Synced {} W&B file(s), {} media file(s), {} artifact file(s) and {} other file(s)",
        n(6),
        n(3),
        n(9),
        n(3)
    )
}

fn json(dice: &mut Dice) -> String {
    let mut n = |below| dice.roll(below);
    format!(
        r#"{{"severity":"INFO","message":"saved checkpoint step-{} to gs://bucket-{}/runs/{}","time":"2026-11-16T05:{:02}:{:02}.{:03}Z","logger":"trainer.io"}}"#,
        n(100_000),
        n(9),
        n(10_000_000),
        n(60),
        n(60),
        n(1000)
    )
}

fn bar(dice: &mut Dice) -> String {
    let mut n = |below| dice.roll(below);
    format!(
        "Train: {}%|████      | {}/10000 [{:02}:{:02}<{:02}:{:02}, {}.{:02}it/s]\rTrain: {}%",
        n(100),
        n(10_000),
        n(60),
        n(60),
        n(60),
        n(60),
        n(30),
        n(100),
        n(100)
    )
}

fn glog(dice: &mut Dice) -> String {
    let mut n = |below| dice.roll(below);
    format!(
        "I1116 05:{:02}:{:02}.{:06} {} service.cc:{}] StreamExecutor device ({}): NVIDIA L4, Compute Capability 8.9",
        n(60),
        n(60),
        n(1_000_000),
        n(99),
        n(400),
        n(8)
    )
}

fn gpu(dice: &mut Dice) -> String {
    let mut n = |below| dice.roll(below);
    format!(
        "GPU {}: memory allocated {}.{} GiB, reserved {}.{} GiB, utilization {}%",
        n(8),
        n(22),
        n(10),
        n(24),
        n(10),
        n(101)
    )
}

fn coloured(dice: &mut Dice) -> String {
    let mut n = |below| dice.roll(below);
    format!(
        "\u{1b}[34m\u{1b}[1mwandb\u{1b}[0m: launch: agent team-{} polling on queues gpu-l4, running {} out of a maximum of 1 jobs",
        n(9),
        n(2)
    )
}

fn warning(dice: &mut Dice) -> String {
    let line = dice.roll(2000);
    format!(
        "/usr/local/lib/python3.11/site-packages/torch/nn/modules/module.py:{line}: UserWarning: lr_scheduler.step() before optimizer.step()"
    )
}

fn eval(dice: &mut Dice) -> String {
    let mut n = |below| dice.roll(below);
    format!(
        "eval: accuracy=0.{:04} f1=0.{:04} perplexity={}.{:03} samples={} elapsed={}s",
        n(10_000),
        n(10_000),
        n(40),
        n(1000),
        n(100_000),
        n(900)
    )
}

fn retrying(dice: &mut Dice) -> String {
    let mut n = |below| dice.roll(below);
    format!(
        "WARNING:urllib3.connectionpool:Retrying (Retry(total={}, connect=None)) after connection broken by 'ReadTimeoutError': /api/runs/{}",
        n(3),
        n(1_000_000)
    )
}

/// A page of `entries.list`: 1,000 entries of one execution, with the fields and the spacing that Google sends.
pub(crate) fn page(number: usize) -> String {
    let mut dice = Dice(number as u64);
    let mut page = String::from("{\n  \"entries\": [\n");
    for index in 0..1000 {
        if index > 0 {
            page.push_str(",\n");
        }
        entry(&mut page, &mut dice, number, index);
    }
    page.push_str("\n  ],\n  \"nextPageToken\": \"EAA4mJ3b0oWK1b0RSgsiCQjQ\"\n}\n");
    page
}

fn entry(page: &mut String, dice: &mut Dice, number: usize, index: usize) {
    let mut said = String::new();
    line(&mut said, dice);
    let (payload, resource) = match index % 10 {
        // What a worker of Vertex AI logs, and what Cloud Run makes of a JSON line.
        0..3 => (
            format!(
                r#""jsonPayload": {{ "message": {}, "levelname": "INFO", "attrs": {{ "tag": "workerpool0-0" }} }}, "severity": "INFO""#,
                serde_json::Value::from(said)
            ),
            "ml_job",
        ),
        _ => (
            format!(r#""textPayload": {}"#, serde_json::Value::from(said)),
            "cloud_run_job",
        ),
    };
    let (second, micros) = (index / 20, dice.roll(1_000_000));
    let _ = write!(
        page,
        r#"    {{
      "insertId": "6a27c41c00053fbb{number:04x}{index:04x}",
      {payload},
      "resource": {{
        "type": "{resource}",
        "labels": {{
          "project_id": "team-project",
          "location": "us-central1",
          "job_name": "train"
        }}
      }},
      "timestamp": "2026-11-16T05:{:02}:{second:02}.{micros:06}Z",
      "labels": {{
        "run.googleapis.com/execution_name": "train-b6n8h",
        "run.googleapis.com/task_index": "0",
        "run.googleapis.com/task_attempt": "0",
        "instanceId": "002f8ffd57a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f"
      }},
      "logName": "projects/team-project/logs/run.googleapis.com%2Fstderr",
      "receiveTimestamp": "2026-11-16T05:{:02}:{second:02}.{micros:06}891Z"
    }}"#,
        number % 60,
        number % 60,
    );
}
