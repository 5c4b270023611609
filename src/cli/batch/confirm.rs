//! Asks before many runners are started.

use std::io::{self, BufRead, IsTerminal as _, Write};

use crate::cli::args::BatchArgs;
use crate::cli::failure::Failure;
use crate::config::PreparedBatch;

/// Up to this many launches nobody is asked: a slip costs less than the question.
const UNASKED: usize = 50;

/// Gets the user's word where there are many launches.
pub(super) fn confirm(batch: &PreparedBatch, args: &BatchArgs) -> Result<(), Failure> {
    let launches = batch.launches.len();
    if args.yes || launches <= UNASKED {
        return Ok(());
    }
    let stdin = io::stdin();
    if !stdin.is_terminal() || !io::stderr().is_terminal() {
        let message =
            format!("{launches} launches are more than {UNASKED}, and there is no terminal to ask on");
        let hint = "Look at them with --dry-run, then give --yes".to_owned();
        return Err(Failure::usage("not-confirmed", message, Some(hint)));
    }
    if asked(launches, stdin.lock(), io::stderr()).unwrap_or(false) {
        return Ok(());
    }
    let message = format!("{launches} launches were not confirmed");
    Err(Failure::usage("not-confirmed", message, None))
}

/// Only `y` or `yes` is a yes.
fn asked(launches: usize, mut answers: impl BufRead, mut ask: impl Write) -> io::Result<bool> {
    write!(ask, "Start {launches} runners? [y/N] ")?;
    ask.flush()?;
    let mut answer = String::new();
    answers.read_line(&mut answer)?;
    Ok(matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_yes_is_a_yes() {
        for (answer, wanted) in [
            ("y\n", true),
            ("YES\r\n", true),
            (" yes \n", true),
            ("\n", false),
            ("n\n", false),
            ("yep\n", false),
            ("", false),
        ] {
            let mut question = Vec::new();
            assert_eq!(
                asked(120, answer.as_bytes(), &mut question).unwrap(),
                wanted,
                "{answer:?}"
            );
            assert_eq!(question, b"Start 120 runners? [y/N] ");
        }
    }
}
