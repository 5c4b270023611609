//! The command line as people type it.

use std::time::Duration;

use clap::{CommandFactory, Parser};

use super::{Cli, Command, ConfigView};
use crate::config::{DEFAULTS, Format, Timeout, Verbosity, Wanted};
use crate::core::spec::{Afterwards, Attribution, Goal};

fn parse(line: &str) -> Result<Command, clap::Error> {
    Cli::try_parse_from(std::iter::once("liftoff").chain(line.split_whitespace())).map(|cli| cli.command)
}

fn refused(line: &str) -> String {
    let error = parse(line).expect_err(line);
    assert_eq!(error.exit_code(), 2, "{line}");
    error.to_string()
}

#[test]
fn the_definition_holds() {
    Cli::command().debug_assert();
}

#[test]
fn a_launch_takes_every_flag() {
    let line = "launch train --project p --region us-east1 --vertex-region us-east4 --vertex-project p2 \
        --until running --timeout 1h30m --output json --color never --config c.toml --patterns a --patterns b \
        --env A=1 --env B=x=y --id nightly --queue-item UXVl= --run-id r1 --run-name n1 --attribution window \
        --accept-unconfirmed --detach --on-failure cancel --on-timeout cancel --on-interrupt cancel \
        --events-file e --verdict-file v --junit j --report r --quota logging=10,run=20 --logs -vv -- --epochs 3 -q";
    let Command::Launch(launch) = parse(line).unwrap() else {
        panic!("not a launch");
    };
    let flags = launch.flags();
    assert_eq!(flags.place.vertex_region.as_deref(), Some("us-east4"));
    assert_eq!(flags.goal.until, Some(Goal::Running));
    assert_eq!(flags.goal.timeout, Some(Timeout::After(Duration::from_mins(90))));
    assert_eq!(flags.goal.attribution, Some(Attribution::Window));
    assert_eq!(flags.goal.accept_unconfirmed, Some(true));
    assert_eq!(flags.goal.on_interrupt, Some(Afterwards::Cancel));
    assert_eq!(flags.goal.patterns.len(), 2);
    assert_eq!(flags.detach, Some(true));
    assert_eq!(flags.reading.quota.unwrap().run, Some(20));
    assert_eq!(flags.output.verbose, 2);
    let request = launch.request();
    assert_eq!(request.identity.run_name.as_deref(), Some("n1"));
    assert_eq!(request.id.unwrap().as_str(), "nightly");
    match request.wanted {
        Wanted::Start { args, env, .. } => {
            assert_eq!(args.unwrap(), ["--epochs", "3", "-q"]);
            assert_eq!(env[1].value, "x=y");
        }
        Wanted::Attach { .. } => panic!("a launch starts"),
    }
}

#[test]
fn a_batch_takes_its_own_flags_and_the_shared_ones() {
    let line = "batch sweep.toml --format csv --dry-run --yes --batch-id nightly-7 --max-parallel 50 --retry-failed 2 \
        --fail-fast --region us-east1 --until running --output json --quota logging=120";
    let Command::Batch(batch) = parse(line).unwrap() else {
        panic!("not a batch");
    };
    assert_eq!(
        (batch.format, batch.dry_run, batch.yes),
        (Some(Format::Csv), true, true)
    );
    assert_eq!(batch.batch_id.as_ref().unwrap().as_str(), "nightly-7");
    let flags = batch.flags();
    assert_eq!(
        (
            flags.batching.max_parallel,
            flags.batching.retry_failed,
            flags.batching.fail_fast
        ),
        (Some(50), Some(2), Some(true))
    );
    assert_eq!(flags.goal.until, Some(Goal::Running));
    assert_eq!(flags.reading.quota.unwrap().logging, Some(120));
    assert_eq!(flags.detach, Some(false));
}

#[test]
fn a_launch_without_arguments_keeps_the_job_s_own() {
    let Command::Launch(launch) = parse("launch train").unwrap() else {
        panic!("not a launch");
    };
    assert!(matches!(
        launch.request().wanted,
        Wanted::Start { args: None, .. }
    ));
    assert_eq!(launch.flags().detach, None);
}

#[test]
fn switches_can_be_turned_off_again() {
    let Command::Launch(launch) = parse("launch train --accept-unconfirmed=false --logs=false").unwrap()
    else {
        panic!("not a launch");
    };
    assert_eq!(launch.flags().goal.accept_unconfirmed, Some(false));
    assert_eq!(launch.flags().output.logs, Some(false));
}

#[test]
fn only_a_launch_detaches() {
    for line in ["watch train-hkk8p", "cancel train-hkk8p", "rehearse job-pending"] {
        let detach = match parse(line).unwrap() {
            Command::Watch(watch) => watch.flags().detach,
            Command::Cancel(cancel) => cancel.flags().detach,
            Command::Rehearse(rehearse) => rehearse.flags().detach,
            other => panic!("{other:?}"),
        };
        assert_eq!(detach, Some(false), "{line}");
        assert!(parse(&format!("{line} --detach")).is_err());
    }
}

#[test]
fn what_people_mistype_is_refused_with_what_was_expected() {
    for (line, words) in [
        ("launch", "<JOB>"),
        ("launch Train", "lowercase letters"),
        ("launch train extra", "unexpected argument"),
        (
            "launch train --region us-central1-a",
            "its region is `us-central1`",
        ),
        ("launch train --timeout 15min", "expected a duration such as 90s"),
        ("launch train --timeout 0", "longer than zero"),
        (
            "launch train --until done",
            "[possible values: submitted, running, succeeded]",
        ),
        ("launch train --regoin us-east1", "--region"),
        ("launch train --env A", "expected NAME=VALUE"),
        ("launch train --id Nightly", "lowercase letters"),
        ("launch train --quota pubsub=1", "expected logging=N"),
        ("launch train -v -q", "cannot be used with"),
        ("watch train-hkk8p --job 45", "expected a custom job"),
        ("rehearse --speed 0", "from 0.01 to 10000"),
        ("rehearse --speed NaN", "from 0.01 to 10000"),
        ("batch", "<FILE>"),
        ("batch x --max-parallel 0", "how many launches at once, 1 to 1000"),
        ("batch x --retry-failed 11", "0 to 10"),
        ("batch x --format yaml", "[possible values: toml, json, csv]"),
        ("batch x --batch-id a--b", "single `-`"),
        ("batch x --detach", "unexpected argument"),
        ("emulate --rtt fast", "expected a duration"),
        ("emulate --port 70000", "70000"),
        ("config --schema --default", "cannot be used with"),
        ("completions tcl", "possible values"),
        ("lunch", "launch"),
        ("", "Usage"),
    ] {
        let error = refused(line);
        assert!(error.contains(words), "{line}: {error}");
    }
}

#[test]
fn the_small_commands_parse() {
    for (line, view) in [
        ("config", ConfigView::Show),
        ("config --show --region us-east1", ConfigView::Show),
        ("config --schema", ConfigView::Schema),
        ("config --default", ConfigView::Default),
    ] {
        let Command::Config(config) = parse(line).unwrap() else {
            panic!("{line}");
        };
        assert_eq!(config.view(), view, "{line}");
    }
    let Command::Emulate(emulate) = parse("emulate quota --port 8080 --speed 10 --rtt 80ms").unwrap() else {
        panic!("not emulate");
    };
    assert_eq!((emulate.port, emulate.rtt), (8080, Duration::from_millis(80)));
    assert!(matches!(
        parse("completions bash").unwrap(),
        Command::Completions(_)
    ));
}

#[test]
fn quiet_and_verbose_are_levels() {
    for (line, wanted) in [
        ("launch train", None),
        ("launch train -q", Some(Verbosity::Quiet)),
        ("launch train -v", Some(Verbosity::Verbose)),
        ("launch train -vvv", Some(Verbosity::Debug)),
    ] {
        let Command::Launch(launch) = parse(line).unwrap() else {
            panic!("{line}");
        };
        assert_eq!(launch.common.output.verbosity(), wanted, "{line}");
    }
}

fn help_of(command: &str) -> String {
    let mut cli = Cli::command().term_width(110);
    cli.build();
    let command = cli.find_subcommand_mut(command).unwrap();
    command.render_long_help().to_string()
}

#[test]
fn help_says_what_exit_codes_mean_and_that_arguments_replace() {
    let launch = help_of("launch");
    for help in [&Cli::command().render_long_help().to_string(), &launch] {
        for code in [
            "0 ",
            "1 ",
            "2 ",
            "3 ",
            "4 ",
            "5 ",
            "6 ",
            "7 ",
            "8 ",
            "9 ",
            "130, 143, 129",
        ] {
            assert!(help.contains(&format!("\n  {code}")), "{code}");
        }
    }
    assert!(launch.contains("ARGS replace the arguments"));
}

#[test]
fn help_is_as_it_was_read() {
    insta::assert_snapshot!("help", Cli::command().term_width(110).render_help());
    insta::assert_snapshot!("help_launch", help_of("launch"));
    insta::assert_snapshot!("help_batch", help_of("batch"));
}

/// Help repeats defaults for the reader; `config/default.toml` is where they are set.
#[test]
fn the_defaults_that_help_names_are_the_defaults() {
    let defaults: toml::Table = DEFAULTS.parse().unwrap();
    let mut cli = Cli::command();
    cli.build();
    let mut seen = std::collections::BTreeSet::new();
    let commands = ["launch", "batch"].map(|name| cli.find_subcommand(name).unwrap());
    for arg in commands.iter().flat_map(|command| command.get_arguments()) {
        let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
        let key = arg.get_long().unwrap_or_default();
        if let (Some((_, named)), Some(value)) = (help.split_once("[default: "), defaults.get(key)) {
            let value = match value {
                toml::Value::Table(quota) => ["logging", "vertex", "run"]
                    .map(|api| format!("{api}={}", quota[api]))
                    .join(","),
                toml::Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            assert_eq!(named.trim_end_matches(']'), value, "--{key}");
            seen.insert(key.to_owned());
        }
    }
    assert_eq!(seen.len(), 10);
}
