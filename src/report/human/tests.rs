mod spinner;

use super::*;
use crate::core::checkup::Check;
use crate::core::finding::Phase;
use crate::core::source::Health;
use crate::core::text::is_unsafe;
use crate::core::verdict::{ErrorDetail, Retry};
use crate::report::sample;

const COLOR: Style = Style {
    color: true,
    terminal: true,
    width: 80,
};
const TERMINAL: Style = Style {
    color: false,
    ..COLOR
};
const NARROW: Style = Style {
    width: 40,
    ..TERMINAL
};

fn shown(style: Style, verbosity: Verbosity, events: &[Event]) -> String {
    let mut reporter = Human::new(Vec::new(), style, verbosity, None);
    for event in events {
        reporter.event(event).unwrap();
    }
    reporter.finish().unwrap();
    String::from_utf8(reporter.out).unwrap()
}

/// Escapes as `⟦32m⟧`, so that a snapshot can be read.
fn readable(text: &str) -> String {
    text.replace('\u{1b}', "␛")
}

/// A launch from its request to its verdict.
fn launch(ending: Event) -> Vec<Event> {
    let phases = [
        (Phase::ContainerStarted, 3),
        (Phase::AgentPolling, 6),
        (Phase::JobReceived, 8),
        (Phase::Submitting, 11),
    ];
    let mut events = vec![sample::requested("plain"), sample::started("plain")];
    events.extend(phases.map(|(phase, seconds)| sample::phase(phase, seconds)));
    events.push(ending);
    events
}

fn check(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, readable(text)));
}

#[test]
fn every_ending_reads_well_at_a_terminal() {
    for (name, ending) in sample::endings() {
        check(
            &format!("terminal-{name}"),
            &shown(TERMINAL, Verbosity::Normal, &[sample::requested("plain"), ending]),
        );
    }
}

#[test]
fn every_ending_reads_well_in_a_file() {
    for (name, ending) in sample::endings() {
        let text = shown(
            Style::PLAIN,
            Verbosity::Normal,
            &[sample::requested("plain"), ending],
        );
        assert!(!text.contains(['\u{1b}', '━', '│', '╭', '╰', '◇']), "{text}");
        check(&format!("file-{name}"), &text);
    }
}

#[test]
fn a_whole_launch_in_colour_narrow_and_quiet() {
    let mut events = launch(sample::verdict(sample::success()));
    events.push(sample::summary(vec![sample::success()], 0, Retry::Pointless));
    check("whole-color", &shown(COLOR, Verbosity::Normal, &events));
    check("whole-narrow", &shown(NARROW, Verbosity::Normal, &events));
    check("whole-quiet", &shown(TERMINAL, Verbosity::Quiet, &events));

    let mut events = launch(sample::verdict(sample::failure()));
    let mut found = sample::diagnosis("plain");
    found.category = Some("gpu-quota-exceeded".into());
    let mut refined = sample::failure();
    refined.refine(&found);
    events.push(sample::event(13, EventKind::Diagnosis(Box::new(found))));
    events.push(sample::summary(vec![refined], 1, Retry::Pointless));
    check("whole-failure-color", &shown(COLOR, Verbosity::Normal, &events));
    check("whole-failure-narrow", &shown(NARROW, Verbosity::Normal, &events));
    check(
        "whole-failure-file",
        &shown(Style::PLAIN, Verbosity::Normal, &events),
    );
    check("whole-failure-quiet", &shown(TERMINAL, Verbosity::Quiet, &events));
}

#[test]
fn what_would_be_launched_is_a_row_each_and_what_would_be_refused_says_why() {
    let mut events = ["train-1e-4-1", "a-name-that-is-longer-than-its-column", "lost"]
        .map(|name| sample::named(sample::planned("plain"), name))
        .to_vec();
    if let EventKind::LaunchPlanned(planned) = &mut events[1].kind {
        planned.args = Some(vec!["--note=two words".to_owned(), String::new()]);
    }
    if let EventKind::LaunchPlanned(planned) = &mut events[2].kind {
        planned.args = Some(Vec::new());
        planned.refused =
            Some("cannot validate a run of projects/p/…/jobs/lost (Cloud Run): HTTP 404".to_owned());
    }
    let mut end = sample::process_failed();
    if let EventKind::Summary(summary) = &mut end.kind
        && let Some(error) = &mut summary.error
    {
        error.details = vec![ErrorDetail {
            file: Some("sweep.toml".to_owned()),
            line: Some(12),
            field: Some("region".to_owned()),
            message: "`region` = \"us-central1-a\": this is a zone; its region is `us-central1`".to_owned(),
        }];
    }
    end.batch = Some("b-1".to_owned());
    events.push(end);
    assert!(!shown(Style::PLAIN, Verbosity::Quiet, &events).contains("resume"));
    check("planned-terminal", &shown(TERMINAL, Verbosity::Normal, &events));
    check("planned-file", &shown(Style::PLAIN, Verbosity::Normal, &events));
    let quiet = shown(Style::PLAIN, Verbosity::Quiet, &events);
    assert!(
        !quiet.contains("train-1e-4-1") && quiet.contains("sweep.toml:12: "),
        "{quiet}"
    );
}

#[test]
fn what_was_looked_at_is_a_line_each_with_what_to_do_and_quietly_only_what_failed() {
    use Check::{Clock, CloudLogging, Configuration, Start};
    let mut events = vec![
        sample::checked(
            Configuration,
            Standing::Good,
            "project my-project, region us-central1",
        ),
        sample::checked(Start, Standing::Warning, "plain"),
        sample::checked(CloudLogging, Standing::Skipped, "not asked"),
    ];
    let mut end = sample::process_failed();
    if let EventKind::Summary(summary) = &mut end.kind {
        (summary.error, summary.exit_code) = (None, 0);
    }
    let well: Vec<_> = events.iter().cloned().chain([end]).collect();
    check("doctor-well", &shown(TERMINAL, Verbosity::Normal, &well));
    events.push(sample::checked(Clock, Standing::Failed, "plain"));
    events.push(sample::process_failed());
    check("doctor-color", &shown(COLOR, Verbosity::Normal, &events));
    check("doctor-quiet", &shown(Style::PLAIN, Verbosity::Quiet, &events));
}

#[test]
fn verbose_shows_evidence_and_sources() {
    let events = [
        sample::requested("plain"),
        sample::phase(Phase::AgentPolling, 5),
        sample::event(6, EventKind::Evidence(sample::evidence("plain"))),
        sample::source(Health::Failing("503 three times".into()), 7),
        sample::source(Health::Lost("no good answer for 120 s".into()), 8),
        sample::source(Health::Answering, 9),
        sample::source(Health::Answering, 10),
    ];
    check("verbose", &shown(TERMINAL, Verbosity::Verbose, &events));
    let normal = shown(TERMINAL, Verbosity::Normal, &events);
    assert!(
        !normal.contains("503") && !normal.contains("JOB_STATE_PENDING"),
        "{normal}"
    );
    assert!(
        normal.contains("Cloud Logging is lost") && normal.contains("answers again"),
        "{normal}"
    );
}

#[test]
fn lines_of_wandb_are_cyan_and_keep_none_of_their_own_colours() {
    let events = [
        sample::log("\u{1b}[34m\u{1b}[1mwandb\u{1b}[0m: \u{1b}[35mlaunch:\u{1b}[0m agent polling on queues"),
        sample::log("wandb: ERROR no such queue"),
        sample::log("step 1\rstep 2\nplain\n"),
    ];
    check("logs-color", &shown(COLOR, Verbosity::Normal, &events));
    check("logs-file", &shown(Style::PLAIN, Verbosity::Normal, &events));
}

#[test]
fn several_launches_are_told_apart_by_name_and_end_in_a_table() {
    let mut events = Vec::new();
    for (name, ending) in [("a", sample::success()), ("b", sample::failure())] {
        events.extend(
            launch(sample::verdict(ending))
                .into_iter()
                .map(|event| sample::named(event, name)),
        );
    }
    let unconfirmed = Verdict {
        confirmed: Some(false),
        ..sample::success()
    };
    let all = vec![sample::success(), sample::failure(), unconfirmed];
    let mut end = sample::summary(all, 1, Retry::Pointless);
    end.batch = Some("nightly".into());
    let text = shown(TERMINAL, Verbosity::Normal, &events);
    assert!(
        text.lines()
            .all(|line| line.starts_with("[a] ") || line.starts_with("[b] ")),
        "{text}"
    );
    events.push(end);
    check("batch-terminal", &shown(TERMINAL, Verbosity::Normal, &events));
    check("batch-file", &shown(Style::PLAIN, Verbosity::Normal, &events));
}

#[test]
fn the_rocketship_flies_once_per_launch() {
    let verdict = sample::verdict(sample::success());
    let text = shown(
        TERMINAL,
        Verbosity::Normal,
        &[verdict.clone(), verdict.clone(), verdict],
    );
    assert_eq!(
        text.matches("✓ Job Invocation Submitted to the Cloud! ✓").count(),
        1
    );
    assert_eq!(text.matches("Task → Cloud ✓").count(), 1);
}

#[test]
fn an_unconfirmed_success_says_so_and_claims_no_phase_that_was_not_seen() {
    let (_, ending) = sample::endings()
        .into_iter()
        .find(|(name, _)| *name == "success-unconfirmed")
        .unwrap();
    let text = shown(TERMINAL, Verbosity::Normal, &launch(ending));
    assert!(
        text.contains("not confirmed: Vertex AI could not be asked"),
        "{text}"
    );
    assert!(!text.contains("All phases completed"), "{text}");
}

#[test]
fn a_key_that_spans_lines_is_hidden_in_all_of_them() {
    let key = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg\nkqhkiG9w0BA\n-----END PRIVATE KEY-----";
    let mut found = sample::diagnosis("plain");
    found.last_lines = key.lines().map(str::to_owned).collect();
    let events = [
        sample::log(key),
        sample::event(13, EventKind::Diagnosis(Box::new(found))),
    ];
    let text = shown(Style::PLAIN, Verbosity::Normal, &events);
    assert!(!text.contains("MIIE") && !text.contains("kqhk"), "{text}");
}

#[test]
fn a_cause_that_became_specific_is_told_once_also_to_who_wants_few_words() {
    let mut found = sample::diagnosis("plain");
    found.category = Some("gpu-quota-exceeded".into());
    let mut refined = sample::failure();
    refined.refine(&found);
    let events = [
        sample::verdict(sample::failure()),
        sample::event(13, EventKind::Diagnosis(Box::new(found))),
        sample::summary(vec![refined], 1, Retry::Pointless),
    ];
    for verbosity in [Verbosity::Quiet, Verbosity::Normal] {
        let text = shown(Style::PLAIN, verbosity, &events);
        assert_eq!(text.matches("Cause: gpu-quota-exceeded").count(), 1, "{text}");
    }
}

#[test]
fn a_success_is_followed_by_its_executions_full_name() {
    let text = shown(
        Style::PLAIN,
        Verbosity::Normal,
        &[sample::verdict(sample::success())],
    );
    let wanted = format!(
        "liftoff watch {} --until succeeded",
        sample::success().execution.unwrap()
    );
    assert!(text.contains(&wanted), "{text}");
}

#[test]
fn a_phase_is_told_once() {
    let polling = sample::phase(Phase::AgentPolling, 5);
    let text = shown(Style::PLAIN, Verbosity::Normal, &[polling.clone(), polling]);
    assert_eq!(text.lines().count(), 1);
}

#[test]
fn what_ends_before_any_launch_is_said_with_the_next_step() {
    check(
        "process-error",
        &shown(TERMINAL, Verbosity::Normal, &[sample::process_failed()]),
    );
    check(
        "process-error-file",
        &shown(Style::PLAIN, Verbosity::Quiet, &[sample::process_failed()]),
    );
}

#[test]
fn a_runner_that_is_left_alone_is_said_to_be() {
    let text = shown(
        Style::PLAIN,
        Verbosity::Normal,
        &[sample::summary(vec![], 0, Retry::Unsafe)],
    );
    assert_eq!(
        text,
        "The runner was started and is not supervised. Exit code 0 after 14.2s.\n"
    );
}

#[test]
fn nothing_hostile_and_no_secret_reaches_a_person() {
    let mut events = sample::every_kind(sample::HOSTILE);
    let success = sample::said_by_cloud(sample::HOSTILE, sample::success());
    let mut other = sample::verdict(success.clone());
    other.launch = Some(sample::HOSTILE.into());
    events.push(other);
    events.push(sample::named(sample::verdict(success.clone()), sample::HOSTILE));
    events.push(sample::summary(vec![success.clone(), success], 0, Retry::Unsafe));
    for style in [TERMINAL, NARROW, Style::PLAIN] {
        for verbosity in [Verbosity::Quiet, Verbosity::Normal, Verbosity::Verbose] {
            let text = shown(style, verbosity, &events);
            assert!(!text.chars().any(|c| is_unsafe(c) && c != '\n'), "{text}");
            let unbroken: String = text.chars().filter(char::is_ascii_hexdigit).collect();
            assert!(
                !text.contains(sample::SECRET) && !unbroken.contains(sample::SECRET),
                "{text}"
            );
        }
    }
}

#[test]
fn colours_are_the_only_escapes() {
    let text = shown(COLOR, Verbosity::Verbose, &sample::every_kind(sample::HOSTILE));
    let bare: String = crate::core::text::without_colours(&text).into_owned();
    assert!(!bare.contains('\u{1b}'), "{bare:?}");
    assert_ne!(bare, text);
}

#[test]
fn no_color_and_files_get_no_escape_at_all() {
    for style in [TERMINAL, Style::PLAIN] {
        assert!(!shown(style, Verbosity::Verbose, &sample::every_kind("plain")).contains('\u{1b}'));
    }
}
