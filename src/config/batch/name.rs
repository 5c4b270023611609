//! Names of launches: the user's, or made up from what tells a launch apart.

use std::collections::HashMap;

use super::matrix::Cell;
use crate::config::value::Wrong;

/// The longest name, in characters.
const LONGEST: usize = 128;

/// Reads a name: at most 128 characters, none of which a terminal would obey.
pub(super) fn given(text: &str) -> Result<String, Wrong> {
    if (1..=LONGEST).contains(&text.chars().count()) && !text.chars().any(char::is_control) {
        return Ok(text.to_owned());
    }
    Err(Wrong::expected(format!(
        "a name of 1 to {LONGEST} printable characters"
    )))
}

/// What a launch is called that was given no name: its job, and the values that tell it from its siblings.
pub(super) fn stem(job: &str, cell: &Cell<'_>) -> String {
    let clean = |text: &str| -> String {
        let shown = |c: char| if c.is_control() { '-' } else { c };
        text.chars().map(shown).collect()
    };
    let parts = std::iter::once(job.to_owned()).chain(cell.values().map(clean));
    // Room for a number is left.
    parts
        .collect::<Vec<_>>()
        .join("-")
        .chars()
        .take(LONGEST - 8)
        .collect()
}

/// The names of a batch, each with the line of its launch.
#[derive(Debug, Default)]
pub(super) struct Names {
    taken: HashMap<String, usize>,
    /// The last number that was added to a stem.
    numbers: HashMap<String, usize>,
}

impl Names {
    /// Takes a given name; the line of the launch that has it already, if one does.
    pub(super) fn take(&mut self, name: &str, line: usize) -> Result<(), usize> {
        if let Some(other) = self.taken.get(name) {
            return Err(*other);
        }
        self.taken.insert(name.to_owned(), line);
        Ok(())
    }

    /// A free name that begins with `stem`: the stem itself, else with the first number from 2 that is free. All given
    /// names have to be taken before, so that the made-up ones give way.
    pub(super) fn make_up(&mut self, stem: &str, line: usize) -> String {
        if self.take(stem, line).is_ok() {
            return stem.to_owned();
        }
        loop {
            let number = self.numbers.entry(stem.to_owned()).or_insert(1);
            *number += 1;
            let name = format!("{stem}-{number}");
            if self.take(&name, line).is_ok() {
                return name;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::batch::matrix::{Axis, Matrix};

    #[test]
    fn made_up_names_are_numbered_and_give_way_to_given_ones() {
        let mut names = Names::default();
        assert_eq!(names.take("train-2", 5), Ok(()));
        assert_eq!(names.take("train-2", 9), Err(5));
        let made: Vec<String> = (0..4).map(|line| names.make_up("train", line)).collect();
        assert_eq!(made, ["train", "train-3", "train-4", "train-5"]);
    }

    #[test]
    fn a_name_is_made_of_the_job_and_what_tells_a_launch_apart() {
        let axis = Axis {
            name: "lr".to_owned(),
            line: 1,
            values: vec!["1e-4".to_owned(), "a\u{1b}b".to_owned()],
        };
        let matrix = Matrix::new(&[axis], None);
        let stems: Vec<String> = matrix.cells().map(|cell| stem("train", &cell)).collect();
        assert_eq!(stems, ["train-1e-4", "train-a-b"]);
    }

    #[test]
    fn names_are_bounded_and_printable() {
        assert!(given("Sweep 1: lr=1e-4").is_ok());
        for bad in ["", "a\nb", &"x".repeat(129)] {
            assert!(given(bad).is_err(), "{bad:?}");
        }
    }
}
