//! Reading a container's environment without keeping it.

use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// The two variables that Liftoff looks for. A container's environment also holds API keys in clear, so everything else is
/// dropped where it is read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct KnownEnv {
    /// `LIFTOFF_LAUNCH_ID`: set by Liftoff on the execution that it starts.
    pub(super) launch_id: Option<String>,
    /// `WANDB_LAUNCH_TRACE_ID`: set by the W&B agent on the custom job that it submits.
    pub(super) trace_id: Option<String>,
}

impl KnownEnv {
    /// What several containers say together: the first that has a variable counts.
    pub(super) fn merge(containers: impl IntoIterator<Item = Self>) -> Self {
        containers.into_iter().fold(Self::default(), |all, one| Self {
            launch_id: all.launch_id.or(one.launch_id),
            trace_id: all.trace_id.or(one.trace_id),
        })
    }

    fn take(&mut self, variable: &Value) {
        let text = |key: &str| variable.get(key).and_then(Value::as_str);
        let value = || text("value").map(str::to_owned);
        match text("name") {
            Some("LIFTOFF_LAUNCH_ID") => self.launch_id = value(),
            Some("WANDB_LAUNCH_TRACE_ID") => self.trace_id = value(),
            _ => {}
        }
    }
}

impl<'de> Deserialize<'de> for KnownEnv {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let variables = Option::<Vec<Value>>::deserialize(deserializer)?;
        let mut known = Self::default();
        for variable in variables.iter().flatten() {
            known.take(variable);
        }
        Ok(known)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_two_known_variables_are_kept() {
        let json = r#"[{"name":"WANDB_API_KEY","value":"hunter2"},{"value":"q1","name":"WANDB_LAUNCH_TRACE_ID"},
            {"name":"SECRET","valueSource":{"secretKeyRef":{"secret":"s","version":"1"}}},null,7,
            {"name":"LIFTOFF_LAUNCH_ID","value":"train-1"},{"name":"EMPTY"}]"#;
        let env: KnownEnv = serde_json::from_str(json).unwrap();
        assert_eq!(env.launch_id.as_deref(), Some("train-1"));
        assert_eq!(env.trace_id.as_deref(), Some("q1"));
        assert!(!format!("{env:?}").contains("hunter2"));
    }

    #[test]
    fn no_environment_is_an_empty_one() {
        assert_eq!(
            serde_json::from_str::<KnownEnv>("null").unwrap(),
            KnownEnv::default()
        );
        assert_eq!(
            serde_json::from_str::<KnownEnv>("[]").unwrap(),
            KnownEnv::default()
        );
    }
}
