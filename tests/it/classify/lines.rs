//! The lines of one log: labels, the mark, the summary, why.

use serde_json::Value;

use super::{LOG, WELL, classify, stderr, stdout};

#[test]
fn every_line_has_its_label_the_deciding_one_is_marked_and_the_end_says_what_to_do() {
    let output = classify(&[], LOG.as_bytes());
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    insta::assert_snapshot!(stdout(&output));
}

#[test]
fn an_explanation_names_the_pattern_its_family_the_captures_and_the_block() {
    let output = classify(&["--explain", "--only", "fatal"], LOG.as_bytes());
    assert_eq!(output.status.code(), Some(1));
    insta::assert_snapshot!(stdout(&output));
}

#[test]
fn nothing_fatal_is_exit_0_and_quiet_says_only_what_it_comes_to() {
    let output = classify(&["-q", "-"], WELL.as_bytes());
    assert_eq!(output.status.code(), Some(0));
    insta::assert_snapshot!(stdout(&output));
    let nothing = classify(&[], b"");
    assert_eq!(
        (nothing.status.code(), stderr(&nothing)),
        (Some(0), String::new())
    );
}

#[test]
fn json_is_one_object_a_line_with_the_decision_in_it() {
    let output = classify(&["--output", "json", "--explain"], LOG.as_bytes());
    let lines: Vec<Value> = stdout(&output)
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), LOG.lines().count());
    for (line, number) in lines.iter().zip(1..) {
        assert_eq!(line["number"], number);
        for key in [
            "label", "category", "summary", "hint", "pattern", "line", "decides",
        ] {
            assert!(line.get(key).is_some(), "{key} is missing in {line}");
        }
    }
    let deciding: Vec<&Value> = lines.iter().filter(|line| line["decides"] == true).collect();
    assert_eq!(deciding.len(), 1);
    assert_eq!(
        (
            &deciding[0]["number"],
            &deciding[0]["category"],
            &deciding[0]["explain"]["within"]
        ),
        (&10.into(), &"quota-exceeded".into(), &"give-up".into())
    );
    assert_eq!(
        lines[6]["label"], "fatal",
        "the marker's block is fatal as a whole"
    );
    assert!(!stdout(&output).contains("0123456789abcdef"));
}

#[test]
fn a_block_that_nothing_follows_is_told_at_the_end_and_marked() {
    let output = classify(
        &[],
        b"wandb: ERROR launch: Error running job: Traceback (most recent call last):\n",
    );
    assert_eq!(output.status.code(), Some(1));
    assert!(stdout(&output).starts_with('\u{25b6}'), "{}", stdout(&output));
}
