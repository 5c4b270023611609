//! Scenarios as files hold them, and what is wrong with some.

use super::*;

const SMALLEST: &str = "summary = \"s\"\n[runner]\n[[runner.attempt]]\nstart = \"4s\"\n";

fn broken(more: &str) -> ScenarioError {
    parse("test", &format!("{SMALLEST}{more}")).expect_err(more)
}

#[test]
fn the_smallest_scenario_is_an_attempt() {
    let scenario = parse("test", SMALLEST).unwrap();
    assert_eq!(
        (scenario.name(), scenario.summary(), scenario.runner.attempt.len()),
        ("test", "s", 1)
    );
}

#[test]
fn an_unknown_key_is_refused_with_its_line() {
    let error = broken("[[log]]\nat = \"5s\"\ntxet = \"hello\"\n");
    assert_eq!(error.line, 7, "{error}");
    assert!(error.message.contains("`txet`"), "{error}");
}

#[test]
fn a_scenario_that_contradicts_cloud_run_is_refused_with_line_and_key() {
    for (more, line, key) in [
        ("exit = {at = \"2s\", code = 0}\n", 2, "exit.at"),
        ("exit = {at = \"9s\"}\n", 2, "exit"),
        (
            "exit = {at = \"9s\", code = 1}\n[[runner.attempt]]\nstart = \"12s\"\n",
            2,
            "attempt",
        ),
        ("[[log]]\nat = \"1s\"\ntext = \"too early\"\n", 5, "at"),
        ("[[log]]\nat = \"5s\"\nattempt = 3\ntext = \"x\"\n", 5, "attempt"),
        ("[[log]]\nat = \"5s\"\ncount = 300000\ntext = \"x\"\n", 1, "count"),
        (
            "[[job]]\nat = \"5s\"\nowner = \"ours\"\nmark = \"none\"\ndisplay_name = \"d\"\nstates = []\n",
            5,
            "states",
        ),
        (
            "[[truth]]\nfrom = \"5s\"\noutcome = \"fine\"\nexit = 0\n",
            5,
            "outcome",
        ),
        (
            "[[fault]]\nmethod = \"run.jobs.run\"\nkind = \"reset\"\nprobability = 7.0\n",
            5,
            "probability",
        ),
    ] {
        let error = broken(more);
        assert_eq!(error.line, line, "{error}\n{more}");
        assert!(error.message.contains(&format!("key `{key}`")), "{error}\n{more}");
    }
}

#[test]
fn no_text_makes_the_parser_panic() {
    for text in [
        "",
        "\u{0}",
        "summary",
        "[runner]\nattempt = 3",
        "summary = \"é\"\nlag = \"é\"",
    ] {
        assert!(parse("test", text).is_err(), "{text}");
    }
}
