//! A user's own patterns.

use tempfile::TempDir;

use super::{LOG, run, stderr, stdout};
use crate::cli::cloud::liftoff;

const OWN: &str = r#"
off = ["quota-vertex"]

[family]
label = "fatal"
category = "disk-full"

[[pattern]]
id = "scratch-full"
literals = ["scratch is full"]
regex = '(?<disk>\w+) scratch is full'
summary = "The {disk} scratch disk is full"
hint = "Clean {disk}."
matches = ["ERROR: local scratch is full"]
ignores = ["our scratch is full of ideas"]
"#;

fn with(files: &[(&str, &str)], arguments: &[&str], input: &str) -> std::process::Output {
    let home: TempDir = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(home.path().join(name), text).unwrap();
    }
    run(
        &home,
        liftoff(&home).arg("classify").args(arguments),
        input.as_bytes(),
    )
}

#[test]
fn own_patterns_add_override_and_switch_off() {
    let added = with(
        &[("own.toml", OWN)],
        &["--patterns", "own.toml"],
        "ERROR: local scratch is full\n",
    );
    assert_eq!(added.status.code(), Some(1), "{}", stderr(&added));
    assert!(
        stdout(&added).contains("The local scratch disk is full") && stdout(&added).contains("Clean local.")
    );
    let off = with(&[("own.toml", OWN)], &["--patterns", "own.toml", "-q"], LOG);
    assert!(
        !stdout(&off).contains("custom_model_training_nvidia_l4_gpus in"),
        "{}",
        stdout(&off)
    );
    let override_text = "[[pattern]]\nid = \"scratch-full\"\nlabel = \"benign\"\ncategory = \"disk-full\"\n\
        literals = [\"scratch is full\"]\nsummary = \"It empties itself\"\n";
    let files = [("own.toml", OWN), ("later.toml", override_text)];
    let arguments = ["--patterns", "own.toml", "--patterns", "later.toml"];
    let overridden = with(&files, &arguments, "ERROR: local scratch is full\n");
    assert_eq!(overridden.status.code(), Some(0), "{}", stdout(&overridden));
}

#[test]
fn the_project_s_file_names_patterns_too() {
    let files = [("own.toml", OWN), ("liftoff.toml", "patterns = [\"own.toml\"]\n")];
    let output = with(&files, &["--explain"], "ERROR: local scratch is full\n");
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    let text = stdout(&output);
    assert!(
        text.contains("by scratch-full of ")
            && text.contains("(family own)")
            && text.contains("disk = local"),
        "{text}"
    );
}

#[test]
fn a_broken_file_is_exit_2_with_its_line() {
    let broken = |from: &str, to: &str| OWN.replace(from, to);
    for (text, line, says) in [
        (broken("summary =", "sumary ="), 12, "unknown field `sumary`"),
        (broken("(?<disk>", "(?<disk"), 11, "regex"),
        (broken(r"\w+", r"(?:\w{100}){1000}"), 11, "size limit"),
        (broken("quota-vertex", "quota-vertx"), 2, "no earlier file has"),
        (
            broken("ERROR: local scratch is full", "The disk was full"),
            14,
            "is not matched",
        ),
        (
            broken("our scratch is full of ideas", "ERROR: our scratch is full"),
            15,
            "although it is in `ignores`",
        ),
        ("[[pattern".to_owned(), 1, "cannot be read as a pattern file"),
    ] {
        let output = with(&[("own.toml", &text)], &["--patterns", "own.toml"], "");
        let complaint = stderr(&output);
        assert_eq!(output.status.code(), Some(2), "{complaint}");
        assert!(
            complaint.contains(&format!("own.toml:{line}: ")) && complaint.contains(says),
            "{complaint}"
        );
        assert_eq!(stdout(&output), "");
    }
}
