//! Reading a container's environment without keeping it.

use std::borrow::Cow;

use serde::de::{IgnoredAny, MapAccess};
use serde::{Deserialize, Deserializer};

use super::wire::{FromObject, Object, Spelled};

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

    fn take(&mut self, variable: Variable<'_>) {
        let Variable { name, value } = variable;
        let known = match name.text() {
            "LIFTOFF_LAUNCH_ID" => &mut self.launch_id,
            "WANDB_LAUNCH_TRACE_ID" => &mut self.trace_id,
            _ => return,
        };
        *known = value.0.map(Cow::into_owned);
    }
}

/// `EnvVar`, while it is looked at.
#[derive(Default)]
struct Variable<'a> {
    name: Spelled<'a>,
    value: Spelled<'a>,
}

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "camelCase")]
enum Field {
    Name,
    Value,
    #[serde(other)]
    Other,
}

impl<'de: 'a, 'a> FromObject<'de> for Variable<'a> {
    fn from_object<M: MapAccess<'de>>(mut map: M) -> Result<Self, M::Error> {
        let mut variable = Self::default();
        while let Some(field) = map.next_key()? {
            match field {
                Field::Name => variable.name = map.next_value()?,
                Field::Value => variable.value = map.next_value()?,
                Field::Other => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(variable)
    }
}

impl<'de> Deserialize<'de> for KnownEnv {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let variables = Option::<Vec<Object<Variable<'_>>>>::deserialize(deserializer)?;
        let mut known = Self::default();
        for Object(variable) in variables.into_iter().flatten() {
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
