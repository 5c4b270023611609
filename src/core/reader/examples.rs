//! Holding the patterns to their own examples.

use super::Told;
use super::judge::{Deciding, told};
use crate::core::entry::Severity;
use crate::core::pattern::{Example, Pattern, PatternError, PatternErrorKind, PatternSet, lines};

/// Judges the examples of the patterns that `of` picks with the whole set, and hands back those that do not hold: one in
/// `matches` has to be decided by its pattern, one in `ignores` must not be touched by it. Meant for a user's own files and
/// for tests.
pub fn failing_examples(
    patterns: &PatternSet,
    of: impl Fn(&Pattern) -> bool,
) -> impl Iterator<Item = PatternError> {
    patterns
        .patterns()
        .filter(move |pattern| of(pattern))
        .flat_map(move |pattern| {
            pattern.examples.iter().filter_map(move |example| {
                let found = check(patterns, pattern, example).err()?;
                Some(PatternError {
                    file: pattern.file.to_string(),
                    line: example.line,
                    kind: PatternErrorKind::Example {
                        id: pattern.id.to_string(),
                        example: example.text.clone(),
                        found,
                    },
                })
            })
        })
}

fn check(patterns: &PatternSet, pattern: &Pattern, example: &Example) -> Result<(), String> {
    let lines: Vec<&str> = lines(&example.text).collect();
    let told = told(patterns, &lines, Severity::Default);
    let own = |told: &Told| told.finding.pattern == pattern.id;
    if !example.matches {
        let touched = told.iter().any(own);
        return if touched {
            Err("is matched although it is in `ignores`".to_owned())
        } else {
            Ok(())
        };
    }
    let mut deciding = Deciding::default();
    for told in &told {
        deciding.offer(told);
    }
    match deciding.told() {
        Some(told) if own(told) => Ok(()),
        Some(told) => Err(format!("is decided by `{}` instead", told.finding.pattern)),
        None => Err("is not matched by anything".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::pattern::PatternFile;

    #[test]
    fn an_example_that_does_not_hold_is_named_with_its_line() {
        let text = r#"
[[pattern]]
id = "disk"
label = "fatal"
category = "disk-full"
literals = ["disk is full"]
summary = "The disk is full"
matches = [
    "ERROR: disk is full",
    "the disk is full of cheese",
]
ignores = ["Error: the disk is full"]
"#;
        let own = PatternFile {
            name: "own.toml",
            text,
            proven: false,
        };
        let patterns = PatternSet::compile([own]).unwrap();
        let lines: Vec<usize> = failing_examples(&patterns, |_| true)
            .map(|error| error.line)
            .collect();
        assert_eq!(lines, [10, 12]);
    }
}
