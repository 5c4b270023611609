//! Input of any size and bytes, files that are not there, an output that nobody reads.

use std::io::Read as _;
use std::process::Stdio;

use super::{LOG, classify, run, stderr, stdout};
use crate::cli::cloud::liftoff;

#[test]
fn any_bytes_are_read() {
    let every: Vec<u8> = (0..=255_u8).cycle().take(10_000).collect();
    let output = classify(&[], &every);
    assert_eq!((output.status.code(), stderr(&output)), (Some(0), String::new()));
    let shown = stdout(&output);
    assert!(!shown.chars().any(|c| c.is_control() && c != '\n' && c != '\t'));
}

#[test]
fn a_line_without_an_end_is_read_and_what_follows_it_too() {
    let input = ["x".repeat(40 << 20).as_str(), "\n", LOG].concat();
    let output = classify(&["--only", "fatal"], input.as_bytes());
    assert_eq!(output.status.code(), Some(1));
    assert!(
        stdout(&output).contains("Line 11 decides: fatal, quota-exceeded"),
        "{}",
        stdout(&output)
    );
    let unbroken = classify(&["-q"], &vec![b'y'; 3 << 20]);
    assert_eq!(
        (unbroken.status.code(), stderr(&unbroken)),
        (Some(0), String::new())
    );
}

#[test]
fn a_closed_stdout_ends_it_without_a_word() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("log");
    std::fs::write(&file, LOG.repeat(20_000)).unwrap();
    let mut process = liftoff(&home)
        .args(["classify", "log"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = [0; 100];
    process.stdout.take().unwrap().read_exact(&mut first).unwrap();
    let output = process.wait_with_output().unwrap();
    assert_eq!((output.status.code(), stderr(&output)), (Some(1), String::new()));
}

#[test]
fn a_file_that_cannot_be_read_is_exit_2_and_named() {
    let home = tempfile::tempdir().unwrap();
    for name in ["no-such-file", "."] {
        let output = run(&home, liftoff(&home).args(["classify", name]), b"");
        assert_eq!(output.status.code(), Some(2));
        assert!(
            stderr(&output).contains(&format!("{name} cannot be read")),
            "{}",
            stderr(&output)
        );
    }
    let wrong = run(&home, liftoff(&home).args(["classify", "--input", "xml"]), b"");
    assert_eq!(wrong.status.code(), Some(2));
}
