//! Whole files, in each format.

use std::path::Path;

use proptest::prelude::*;

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
fn every_mistake_is_told_at_once_with_its_place() {
    let toml = r#"
tittle = "x"

[defaults]
job = "train"
name = "everything"
regoin = "us-east1"
env = { LIFTOFF_LAUNCH_ID = "x", TOKEN = "{hunter2!}" }

[[launch]]
name = "a"
region = "us-central1-a"
timeout = "15 minutes"
args = "--lr 1e-4"
max-parallel = 3

[[launch]]
name = "a"
args = ["{lr}", ["nested"]]
id = "Nightly"
matrix = { seed = [1, 1], lr = [], repeat = [1] }

[[launch]]
name = "same"
matrix = { seed = [1, 2] }
env = [1]
until = 5
repeat = 0

[[launch]]
id = "x-r2"
job = "projects/q/locations/us-west1/jobs/j"
region = "us-east1"
run-id = "two words"
labels = { "a b" = "x", ok = "" }

[[launch]]
job = "Train"
accept-unconfirmed = "perhaps"
queue-item = 5
matrix = { seed = [1, 2] }
args = ["{seed}"]
run_name = "x"
"#;
    insta::assert_snapshot!("mistakes_toml", mistakes(Format::Toml, toml));
    let json = "{\n \"default\": {},\n \"launch\": [\n  {\"job\": \"train\", \"job\": \"other\"},\n  7,\n  \
        {\"job\": null, \"args\": [{}],\n   \"matrix\": {\"a\": {\"b\": [[[[[[1]]]]]]}}}\n ]\n}";
    insta::assert_snapshot!("mistakes_json", mistakes(Format::Json, json));
    let csv =
        "job,regoin,env,matrix,job,args\ntrain,a,b,c\ntrain,,,,,\"--x 'open\"\ntrain,,,,, \"a b\"\n,,,,,\n";
    insta::assert_snapshot!("mistakes_csv", mistakes(Format::Csv, csv));
}

#[test]
fn a_file_that_is_no_batch_says_what_it_lacks() {
    for (format, text, wanted) in [
        (
            Format::Toml,
            "",
            "1 [] there is nothing to launch: add a [[launch]] with a `job`",
        ),
        (
            Format::Toml,
            "[defaults]\njob = \"a\"",
            "1 [] there is nothing to launch",
        ),
        (Format::Toml, "[[launch]]", "1 [job] a launch needs a `job`"),
        (
            Format::Toml,
            "[launch]\njob = \"a\"",
            "1 [launch] `launch`: expected a list of launches",
        ),
        (
            Format::Toml,
            "[[launches]]\njob = \"a\"",
            "1 [launches] there is no \"launches\" here; did you mean `launch`?",
        ),
        (
            Format::Toml,
            "defaults = 1\n[[launch]]\njob = \"a\"",
            "1 [defaults] `defaults`: expected a table",
        ),
        (
            Format::Toml,
            "[[launch]]\njob = \"a\"\nx = [1,\n",
            "3 [] this is not TOML: ",
        ),
        (
            Format::Toml,
            "[[launch]]\njob = \"a\"\njob = \"b\"",
            "3 [] this is not TOML: duplicate key",
        ),
        (Format::Json, "", "1 [] this is not JSON: EOF"),
        (Format::Json, "[]", "1 [] expected an object such as"),
        (Format::Json, "{}", "1 [] there is nothing to launch"),
        (
            Format::Json,
            "{\"launch\": [\n{\"job\": \"a\",}]}",
            "2 [] this is not JSON: ",
        ),
        (
            Format::Json,
            "{\"launch\": [\n\n{}]}",
            "3 [job] a launch needs a `job`",
        ),
        (
            Format::Json,
            "{\"launch\": [{\"job\": \"\\ud800\"}]}",
            "1 [] this is not JSON: ",
        ),
        (Format::Csv, "", "1 [job] a column `job` is needed"),
        (
            Format::Csv,
            "job\n",
            "1 [] there is nothing to launch: add a row under the header",
        ),
        (Format::Csv, "name\na\n", "1 [job] a column `job` is needed"),
    ] {
        let error = mistakes(format, text);
        assert!(error.contains(&format!(":{wanted}")), "{text}: {error}");
    }
}

#[test]
fn what_no_line_can_be_told_of_names_the_file() {
    let new = |bytes: &[u8]| BatchSource::new("b.toml".to_owned(), Format::Toml, bytes.to_vec());
    let error = new(b"[[launch]]\njob = \"caf\xe9\"").unwrap_err().to_string();
    assert_eq!(error, "b.toml:2: this is not UTF-8 text");
    let error = new(&vec![b'#'; 100 << 20]).unwrap_err().to_string();
    assert!(error.starts_with("b.toml is larger than 32 MiB"), "{error}");
    let text = "\u{feff}[[launch]]\r\njob = \"train\"\r\n";
    assert_eq!(
        toml(new(text.as_bytes()).unwrap().text.as_str()).launches.len(),
        1
    );

    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("none.toml");
    assert!(matches!(
        BatchSource::open(&path, None),
        Err(BatchError::Unreadable { .. })
    ));
    assert!(matches!(
        BatchSource::open(dir.path(), Some(Format::Toml)),
        Err(BatchError::Unreadable { .. })
    ));
    assert!(matches!(
        BatchSource::open(&dir.path().join("x.yaml"), None),
        Err(BatchError::UnknownFormat { .. })
    ));
    std::fs::write(&path, "[[launch]]\njob = \"train\"").unwrap();
    assert_eq!(BatchSource::open(&path, None).unwrap().format, Format::Toml);
}

#[test]
fn an_exploding_matrix_and_endless_text_are_refused_before_they_explode() {
    let axis = format!(
        "[{}]",
        (0..1000).map(|n| n.to_string()).collect::<Vec<_>>().join(",")
    );
    let text = format!(
        "[[launch]]\njob = \"j\"\nargs = [\"{{a}}{{b}}{{c}}\"]\nmatrix = {{ a = {axis}, b = {axis}, c = {axis} }}"
    );
    let error = mistakes(Format::Toml, &text);
    assert!(
        error.contains("1 [matrix] with this launch and its matrix there are more than 100000 launches"),
        "{error}"
    );
    let long = "x".repeat(1 << 20);
    let text = format!("[[launch]]\njob = \"j\"\nargs = [\"{long}{{repeat}}\"]\nrepeat = 1000");
    let error = mistakes(Format::Toml, &text);
    assert!(error.contains("more than 64 MiB of text"), "{error}");
    let many = "[[launch]]\njob = \"j\"\nrepeat = 100000";
    assert_eq!(toml(many).launches.len(), 100_000);
    let error = mistakes(Format::Toml, &format!("{many}\n[[launch]]\njob = \"j\""));
    assert!(error.contains("4 [matrix] with this launch"), "{error}");
}

#[test]
fn mistakes_without_end_are_counted_and_a_thousand_are_listed() {
    let text = "[[launch]]\njob = \"J\"\n".repeat(5000);
    let error = mistakes(Format::Toml, &text);
    assert!(
        error.starts_with("sweep.toml has 5000 mistakes, of which 1000 are listed"),
        "{}",
        &error[..200]
    );
    assert_eq!(error.lines().count(), 1001);
}

#[test]
fn nesting_without_end_is_no_panic() {
    for (format, open) in [
        (Format::Toml, "a = ["),
        (Format::Toml, "["),
        (Format::Json, "["),
        (Format::Json, "{\"launch\":"),
    ] {
        assert!(prepared(format, &open.repeat(100_000)).is_err());
    }
    let deep = format!(
        "{{\"launch\": [{{\"job\": {}{}}}]}}",
        "[".repeat(100_000),
        "]".repeat(100_000)
    );
    assert!(mistakes(Format::Json, &deep).contains("1 [job] `job`: expected text in quotes, not a list"));
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

#[test]
fn a_project_that_nothing_gives_is_missed_once() {
    let env = Table::default().var("HOME", "/h");
    let settings = Settings::resolve(&Flags::default(), &env, Path::new("/h")).unwrap();
    let text = "[[launch]]\njob = \"a\"\n".repeat(50);
    let id = BatchId::parse("b-1").unwrap();
    let error = settings
        .prepare_batch(&source(Format::Toml, &text), &id, false)
        .unwrap_err();
    assert!(listing(&error).starts_with(
        "sweep.toml has a mistake; nothing was started\nsweep.toml:1 [project] no project is known"
    ));
}

#[test]
fn a_secret_in_the_file_is_never_repeated() {
    let toml = "[[launch]]\njob = \"train\"\nargs = [\"--key={hunter2\"]\nenv = { A = \"hunter2}\", B = [\"hunter2\"], \
        C = \"{hunter2!}\" }\n";
    let error = mistakes(Format::Toml, toml);
    assert_eq!(error.lines().count(), 5, "{error}");
    assert!(!error.contains("hunter2"), "{error}");
}

/// Text that is nearly a batch file.
fn nearly() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "[[launch]]",
        "[defaults]",
        "\n",
        "job = \"train\"\n",
        "name = \"a{x}\"\n",
        "matrix = { x = [1, 2.50] }\n",
        "repeat = 3\n",
        "env = { A = \"{x}\" }\n",
        "args = [\"{{\", \"}}\"]\n",
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"",
        "\"launch\"",
        "\"job\"",
        "\"train\"",
        "\"matrix\"",
        "null",
        "1e999",
        "job,args,env.A\n",
        "train,'x y',{repeat}\n",
        "\u{0}",
        "é",
        "\r",
        "#",
        "'",
        "\\",
        "region = \"x\"\n",
    ]);
    prop::collection::vec(
        prop_oneof![4 => piece.prop_map(str::to_owned), 1 => ".{0,8}"],
        0..25,
    )
    .prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic_and_no_error_speaks_to_the_terminal(text in nearly(), junk in prop::collection::vec(any::<u8>(), 0..30)) {
        for format in [Format::Toml, Format::Json, Format::Csv] {
            let bytes = [text.as_bytes(), &junk].concat();
            for bytes in [text.clone().into_bytes(), bytes] {
                let Ok(source) = BatchSource::new("x".to_owned(), format, bytes) else { continue };
                let id = BatchId::parse("b-1").unwrap();
                match settings(&Flags::default()).prepare_batch(&source, &id, false) {
                    Ok(batch) => prop_assert!(!batch.launches.is_empty()),
                    Err(error) => {
                        let text = listing(&error);
                        prop_assert!(!text.chars().any(|c| c.is_control() && c != '\n'), "{text:?}");
                        prop_assert!(text.lines().count() > 1, "an error without a mistake: {text}");
                    }
                }
            }
        }
    }

    #[test]
    fn names_and_ids_are_stable_and_distinct(entries in prop::collection::vec(("[a-c]", 1_u32..5, prop::option::of("[a-c]-[1-4]")), 1..8)) {
        let text: Vec<String> = entries.iter().enumerate().map(|(nth, (job, repeat, name))| {
            let name = name.as_ref().map(|name| format!("name = \"{name}-{nth}-{{repeat}}\"\n")).unwrap_or_default();
            format!("[[launch]]\njob = \"{job}\"\nrepeat = {repeat}\n{name}")
        }).collect();
        let text = text.join("");
        let (one, two) = (toml(&text), toml(&text));
        prop_assert_eq!(&one, &two);
        let names: std::collections::BTreeSet<_> = one.launches.iter().map(|launch| &launch.spec.name).collect();
        let ids: std::collections::BTreeSet<_> = one.launches.iter().map(|launch| &launch.spec.id).collect();
        prop_assert_eq!((names.len(), ids.len()), (one.launches.len(), one.launches.len()));
    }
}
