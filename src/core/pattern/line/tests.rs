//! Lines as programs print them, and what is left of them.

use super::*;

fn parts(raw: &str) -> (String, Option<Level>, bool, bool) {
    let line = Line::parse(raw);
    (
        line.message().to_owned(),
        line.level,
        line.by_wandb,
        line.by_agent,
    )
}

#[test]
fn prefixes_are_taken_off_and_remembered() {
    let error = Some(Level::Error);
    let info = Some(Level::Info);
    for (raw, message, level, wandb, agent) in [
        (
            "wandb: ERROR launch: Error running job: x",
            "Error running job: x",
            error,
            true,
            true,
        ),
        (
            "wandb: ERROR   File \"a.py\"",
            "  File \"a.py\"",
            error,
            true,
            false,
        ),
        ("wandb: ERROR", "", error, true, false),
        ("wandb: ERRORS are fine", "ERRORS are fine", None, true, false),
        (
            "wandb: launch: Launching job: a",
            "Launching job: a",
            None,
            true,
            true,
        ),
        (
            "2025-11-16 05:02:35,871 INFO    MainThread:7 [a.py:b():141] image x",
            "image x",
            info,
            false,
            false,
        ),
        (
            "2025-11-16 05:02:35,871 ERROR   MainThread:7 [a.py:b():1] launch: no",
            "no",
            error,
            false,
            true,
        ),
        (
            "INFO:google.cloud.aiplatform.jobs:Creating CustomJob",
            "Creating CustomJob",
            info,
            false,
            false,
        ),
        (
            "ERROR: (gcloud.ai) no",
            "ERROR: (gcloud.ai) no",
            error,
            false,
            false,
        ),
        (
            "WARN[0120] Error uploading",
            "Error uploading",
            Some(Level::Warning),
            false,
            false,
        ),
        ("[ERROR] no", "no", error, false, false),
        (
            "2026-08-21 10:02:12 runner-0 runner.submit[7] ERROR no",
            "no",
            error,
            false,
            false,
        ),
        (
            "[09:06:55] ERROR    no     submit.py:97",
            "no",
            error,
            false,
            false,
        ),
        ("2026-09-14T09:07:08.1Z\tERROR\tno", "no", error, false, false),
        (
            "2026-09-14T09:07:08.1Z\tINFO\ta/main.go:4\tno",
            "no",
            info,
            false,
            false,
        ),
        ("[I 2025-08-30 03:12:44,019] no", "no", info, false, false),
        ("I0502 10:00:00.0 7 status.cc:12] no", "no", info, false, false),
        ("E0502 10:00:00.0 7 status.cc:12] no", "no", None, false, false),
        ("  ► 41:wandb: ERROR no", "no", error, true, false),
        ("[05/03/2026 23:30:18 ERROR run.py] no", "no", error, false, false),
        ("2026-11-16T05:02:35.871Z no", "no", None, false, false),
    ] {
        assert_eq!(parts(raw), (message.to_owned(), level, wandb, agent), "{raw}");
    }
}

#[test]
fn names_of_loggers_and_marks_of_collectors_are_taken_off() {
    let (error, info) = (Some(Level::Error), Some(Level::Info));
    for (raw, message, level, wandb, agent) in [
        (
            "2026-09-01 22:14:08,551 INFO google.cloud.aiplatform.jobs no",
            "no",
            info,
            false,
            false,
        ),
        (
            "2026-09-01 22:14:08,551 - __main__ - ERROR - no",
            "no",
            error,
            false,
            false,
        ),
        (
            "2026-09-01 22:14:08.551 | INFO     | train.main:run:12 - no",
            "no",
            info,
            false,
            false,
        ),
        (
            "2026-09-01 22:14:08,551 ERROR a.b.SomeError: no",
            "a.b.SomeError: no",
            error,
            false,
            false,
        ),
        ("2026/11/16 05:02:35.871 no", "no", None, false, false),
        ("[launcher]   no", "  no", None, false, false),
        ("#10 18.23 ERROR: no", "ERROR: no", error, false, false),
        ("Step #0 - \"build\":   no", "  no", None, false, false),
        ("[rank0]:   File \"a.py\"", "  File \"a.py\"", None, false, false),
        (
            "(train pid=12, ip=10.0.0.1) ValueError: no",
            "ValueError: no",
            None,
            false,
            false,
        ),
    ] {
        assert_eq!(parts(raw), (message.to_owned(), level, wandb, agent), "{raw}");
    }
}

#[test]
fn colour_goes_whether_or_not_the_escape_character_survived() {
    for raw in [
        "\u{1b}[34m\u{1b}[1mwandb\u{1b}[0m: Starting",
        "[34m[1mwandb[0m: Starting",
    ] {
        assert_eq!(parts(raw).0, "Starting");
    }
    assert_eq!(parts("\u{1b}]0;title\u{7}[1/2] a").0, "\u{7}[1/2] a");
    assert_eq!(parts("[0m\u{1b}").0, "");
}

#[test]
fn json_lines_say_what_their_message_says() {
    let mut seen = Vec::new();
    let raw = r#"{"severity":"ERROR","message":"a\nb","error":"c"}"#;
    Line::unfold(raw, &mut |line| {
        seen.push((line.message().to_owned(), line.level));
    });
    let error = Some(Level::Error);
    Line::unfold(r#"{"level":30,"msg":"wandb: ERROR no"}"#, &mut |line| {
        assert_eq!((line.message(), line.level), ("no", error));
    });
    assert_eq!(seen, [("a".to_owned(), error), ("b: c".to_owned(), error)]);
}
