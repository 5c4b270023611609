//! Whole files, in each format.

mod anything;
mod mistakes;

use std::path::Path;

use super::*;
use crate::config::testing::Table;
use crate::config::{Flags, PlaceFlags, Settings};
use crate::core::ids::BatchId;
use crate::core::spec::{Goal, Target};

/// Settings of someone who has a project and a region.
fn settings(flags: &Flags) -> Settings {
    let env = Table::default()
        .var("HOME", "/h")
        .var("LIFTOFF_PROJECT", "p")
        .var("LIFTOFF_REGION", "us-central1")
        .var("LIFTOFF_TIMEOUT", "5m");
    Settings::resolve(flags, &env, Path::new("/h")).unwrap()
}

fn source(format: Format, text: &str) -> BatchSource {
    let name = match format {
        Format::Toml => "sweep.toml",
        Format::Json => "sweep.json",
        Format::Csv => "sweep.csv",
    };
    BatchSource::new(name.to_owned(), format, text.as_bytes().to_vec()).unwrap()
}

fn prepared(format: Format, text: &str) -> Result<PreparedBatch, BatchError> {
    let id = BatchId::parse("b-1").unwrap();
    settings(&Flags::default()).prepare_batch(&source(format, text), &id, false)
}

fn toml(text: &str) -> PreparedBatch {
    prepared(Format::Toml, text).unwrap_or_else(|error| panic!("{}", listing(&error)))
}

/// An error as a person reads it.
fn listing(error: &BatchError) -> String {
    let mut told = vec![error.to_string()];
    if let BatchError::Mistakes { name, listed, .. } = error {
        let place = |Mistake { line, field, message }: &Mistake| format!("{name}:{line} [{field}] {message}");
        told.extend(listed.iter().map(place));
    }
    told.join("\n")
}

fn mistakes(format: Format, text: &str) -> String {
    listing(&prepared(format, text).unwrap_err())
}

/// A launch in one line.
fn line(launch: &Planned) -> String {
    let Target::Start {
        job,
        args,
        env,
        id_given,
    } = &launch.spec.target
    else {
        panic!("{launch:?}");
    };
    let env: Vec<String> = env
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let labels: Vec<String> = launch
        .labels
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let identity = &launch.spec.identity;
    let timeout = launch.spec.timeout.map(|limit| format!("{}s", limit.as_secs()));
    format!(
        "{}: {} {}{} {} in {} until {} {} args {:?} env {env:?} labels {labels:?} run {:?} {:?}",
        launch.line,
        launch.spec.name.as_deref().unwrap(),
        launch.spec.id,
        if *id_given { " (given)" } else { "" },
        job,
        launch.spec.vertex.region,
        launch.spec.until.word(),
        timeout.as_deref().unwrap_or("for ever"),
        args.as_deref(),
        identity.run_id,
        identity.run_name,
    )
}

fn lines(batch: &PreparedBatch) -> String {
    batch.launches.iter().map(line).collect::<Vec<_>>().join("\n")
}

const SWEEP: &str = r#"
[defaults]
job = "train"
vertex-region = "us-east1"
env = { GROUP = "sweep-7", SEED = "{seed}" }
labels = { team = "vision" }

[[launch]]
args = ["--lr", "{lr}", "--config={{\"n\": {seed}}}"]
run-name = "lr {lr} seed {seed}"
matrix = { seed = [1, 2], lr = [1e-4, 0.10, "auto"] }

[[launch]]
name = "baseline"
id = "base-1"
job = "projects/q/locations/us-west1/jobs/train-big"
args = []
env = { SEED = 0, GROUP = "" }
labels = { team = "nlp", paper = true }
until = "running"
timeout = "none"

[[launch]]
repeat = 2
env.SEED = "{repeat}"
run-id = "r{repeat}"
"#;

#[test]
fn a_sweep_becomes_its_launches() {
    insta::assert_snapshot!("sweep", lines(&toml(SWEEP)));
}

#[test]
fn the_same_batch_is_read_from_json() {
    let json = r#"{
  "defaults": {"job": "train", "vertex-region": "us-east1", "env": {"GROUP": "sweep-7", "SEED": "{seed}"},
               "labels": {"team": "vision"}},
  "launch": [
    {"args": ["--lr", "{lr}", "--config={{\"n\": {seed}}}"], "run-name": "lr {lr} seed {seed}",
     "matrix": {"seed": [1, 2], "lr": [1e-4, 0.10, "auto"]}},
    {"name": "baseline", "id": "base-1", "job": "projects/q/locations/us-west1/jobs/train-big", "args": [],
     "env": {"SEED": 0, "GROUP": ""}, "labels": {"team": "nlp", "paper": true}, "until": "running", "timeout": "none"},
    {"repeat": 2, "env": {"SEED": "{repeat}"}, "run-id": "r{repeat}"}
  ]
}"#;
    let (mut from_json, mut from_toml) = (prepared(Format::Json, json).unwrap(), toml(SWEEP));
    for batch in [&mut from_json, &mut from_toml] {
        batch.file.clear();
        batch.digest.clear();
        batch.launches.iter_mut().for_each(|launch| launch.line = 0);
    }
    assert_eq!(from_json, from_toml);
}

#[test]
fn a_table_becomes_its_launches() {
    let csv = "# three runs\n\
        name, job, region, args, env.SEED, label.team, until, repeat, timeout\n\
        a, train, us-west1,\"--name 'a b' --lr 1e-4\", 1, vision, running,, 90\n\
        ,train,,,,,,2,\n\
        \"multi\nline's end\",train,,,,,,,\n";
    let error = mistakes(Format::Csv, csv);
    assert!(error.contains("sweep.csv:5 [name]"), "{error}");
    let csv = csv.replace("multi\nline", "one line");
    insta::assert_snapshot!("table", lines(&prepared(Format::Csv, &csv).unwrap()));
}

#[test]
fn a_flag_outranks_the_file_and_the_file_outranks_the_settings() {
    let flags = Flags {
        place: PlaceFlags {
            region: Some("europe-west4".to_owned()),
            ..PlaceFlags::default()
        },
        ..Flags::default()
    };
    let text = "[defaults]\nregion = \"us-west1\"\ntimeout = \"7m\"\n[[launch]]\njob = \"a\"\nuntil = \"running\"\n\
        [[launch]]\njob = \"b\"\nregion = \"us-east4\"\ntimeout = \"9m\"\n";
    let id = BatchId::parse("b-1").unwrap();
    let batch = settings(&flags)
        .prepare_batch(&source(Format::Toml, text), &id, true)
        .unwrap();
    let told: Vec<_> = batch
        .launches
        .iter()
        .map(|launch| {
            let spec = &launch.spec;
            let given = matches!(spec.target, Target::Start { id_given: true, .. });
            (
                spec.target.job().scope.region.as_str(),
                spec.until,
                spec.timeout.unwrap().as_secs(),
                given,
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            ("europe-west4", Goal::Running, 420, true),
            ("europe-west4", Goal::Submitted, 540, true)
        ]
    );
    assert_eq!(
        batch.notes,
        [
            "--region outranks what sweep.toml says for 2 launches",
            "Vertex AI region not given: using europe-west4",
        ]
    );
    let own = toml(text);
    let regions: Vec<_> = own
        .launches
        .iter()
        .map(|l| l.spec.target.job().scope.region.as_str())
        .collect();
    assert_eq!(regions, ["us-west1", "us-east4"]);
}
