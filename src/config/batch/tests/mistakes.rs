//! What is wrong with files, and what is said of it.

use super::*;

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
