//! `BuildKit`'s steps: what a step prints ends nothing if the step ends in `DONE`. One that fails says so itself, in a line
//! that is no step's output (`#9 ERROR: process … did not complete successfully`).

/// The step whose output a line is: `9` of `#9 0.731 SyntaxError: …`.
pub(super) fn of_output(raw: &str) -> Option<&str> {
    let (step, rest) = split(raw)?;
    rest.starts_with(|c: char| c.is_ascii_digit()).then_some(step)
}

/// Whether a line says that a step succeeded: `#9 DONE 0.9s`.
pub(super) fn is_done(step: &str, raw: &str) -> bool {
    split(raw).is_some_and(|(done, rest)| done == step && rest.starts_with("DONE "))
}

fn split(raw: &str) -> Option<(&str, &str)> {
    let (step, rest) = raw.strip_prefix('#')?.split_once(' ')?;
    let number = !step.is_empty() && step.bytes().all(|byte| byte.is_ascii_digit());
    number.then_some((step, rest))
}

#[cfg(test)]
mod tests {
    use crate::core::finding::Label;
    use crate::core::reader::tests::label;

    #[test]
    fn what_a_build_step_prints_ends_nothing_if_the_step_is_done() {
        let error = "#9 0.731 SyntaxError: Missing parentheses in call to 'print'.";
        assert_eq!(label(&[error]), Label::Fatal);
        assert_eq!(label(&[error, "#9 DONE 0.9s"]), Label::Benign);
        assert_eq!(label(&[error, "#8 DONE 0.9s"]), Label::Fatal, "another step");
        let failed = "#9 ERROR: process \"/bin/sh -c python -m compileall .\" did not complete successfully: exit code: 1";
        assert_eq!(label(&[error, failed, "#9 DONE 0.9s"]), Label::Fatal);
    }
}
