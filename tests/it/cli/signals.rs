//! Signals and closed pipes.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Command, Stdio};

use super::cloud::{Cloud, liftoff};

fn kill(signal: &str, pid: u32) {
    let done = Command::new("kill")
        .args([signal, &pid.to_string()])
        .status()
        .unwrap();
    assert!(done.success());
}

#[test]
fn the_first_signal_ends_a_launch_cleanly_and_says_how_to_go_on() {
    let cloud = Cloud::start(&[]);
    for (signal, code) in [("-INT", 130), ("-TERM", 143), ("-HUP", 129)] {
        let mut child = cloud
            .launch("timeout", "p")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        while !line.contains("\"launch_started\"") {
            line.clear();
            assert!(out.read_line(&mut line).unwrap() > 0, "the launch starts");
        }
        let begun = tokio::time::Instant::now();
        kill(signal, child.id());
        let mut rest = String::new();
        out.read_to_string(&mut rest).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(code));
        assert!(begun.elapsed().as_secs() < 5);
        let summary = rest.lines().last().unwrap();
        assert!(
            summary.contains("\"summary\"") && summary.contains("liftoff watch"),
            "{summary}"
        );
    }
}

#[test]
fn a_closed_stdout_keeps_the_verdicts_code() {
    let home = tempfile::tempdir().unwrap();
    for (scenario, code) in [("tour-success", 0), ("tour-failure", 1)] {
        let mut command = liftoff(&home);
        command
            .args(["rehearse", scenario, "--speed", "50"])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(code));
        assert!(!String::from_utf8_lossy(&output.stderr).contains("panicked"));
    }
}
