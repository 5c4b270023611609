//! Variables that a launch adds to the runner's own: `--env NAME=VALUE`.

use std::fmt;

use super::value::Wrong;

/// One variable for the runner. Its value may be secret and is never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct EnvOverride {
    /// The name.
    pub name: String,
    /// The value.
    pub value: String,
}

impl fmt::Debug for EnvOverride {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}=[redacted]", self.name)
    }
}

/// Reads `NAME=VALUE`.
pub fn env_override(text: &str) -> Result<EnvOverride, Wrong> {
    let (name, value) = text
        .split_once('=')
        .filter(|(name, _)| is_name(name))
        .ok_or_else(|| Wrong::expected("NAME=VALUE"))?;
    permit(name)?;
    Ok(EnvOverride {
        name: name.to_owned(),
        value: value.to_owned(),
    })
}

/// Reads a variable's name alone.
pub(super) fn variable(name: &str) -> Result<(), Wrong> {
    if !is_name(name) || name.contains('=') {
        return Err(Wrong::expected("a variable's name"));
    }
    permit(name)
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_graphic())
}

/// Refuses the variables that are not the user's to set.
fn permit(name: &str) -> Result<(), Wrong> {
    if name == "LIFTOFF_LAUNCH_ID" {
        return Err(Wrong::new(
            "LIFTOFF_LAUNCH_ID holds the launch's id; set it with --id",
        ));
    }
    // Cloud Run sets them, and whose job it is hangs on CLOUD_RUN_EXECUTION.
    if name.starts_with("CLOUD_RUN_") {
        return Err(Wrong::new(
            "Cloud Run keeps variables that begin with CLOUD_RUN_ for itself",
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_is_split_at_its_first_equals_sign() {
        let given = env_override("URL=http://x/?a=b").unwrap();
        assert_eq!(
            (given.name.as_str(), given.value.as_str()),
            ("URL", "http://x/?a=b")
        );
        assert_eq!(env_override("EMPTY=").unwrap().value, "");
        for bad in [
            "",
            "NAME",
            "=x",
            "A B=x",
            "LIFTOFF_LAUNCH_ID=x",
            "CLOUD_RUN_EXECUTION=x",
        ] {
            assert!(env_override(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_value_is_never_shown() {
        let given = env_override("WANDB_API_KEY=hunter2").unwrap();
        assert_eq!(format!("{given:?}"), "WANDB_API_KEY=[redacted]");
    }
}
