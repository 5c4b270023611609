//! `readMask`: which fields of a resource an answer holds.

use serde_json::{Map, Value};

use crate::emulator::{method::camel, status::Status};

/// Fields that a custom job may have, whether or not they are set.
const FIELDS: &[&str] = &[
    "name",
    "displayName",
    "jobSpec",
    "state",
    "createTime",
    "startTime",
    "endTime",
    "updateTime",
    "error",
    "labels",
    "encryptionSpec",
    "webAccessUris",
    "satisfiesPzs",
    "satisfiesPzi",
];

/// Which fields to keep, as paths in camelCase; all fields without any path.
#[derive(Debug)]
pub(super) struct Mask(Vec<Vec<String>>);

impl Mask {
    /// Reads `name,state,error.message`; an empty mask or `*` keeps everything.
    ///
    /// # Errors
    /// It names what is no field of a custom job: also when no resource is there to apply it to.
    pub(super) fn parse(text: &str) -> Result<Self, Status> {
        if text.is_empty() || text == "*" {
            return Ok(Self(Vec::new()));
        }
        let paths = text.split(',').map(|path| {
            let path: Vec<String> = path.trim().split('.').map(camel).collect();
            let known = path.first().is_some_and(|first| FIELDS.contains(&first.as_str()));
            let refusal = || {
                format!(
                    "Invalid field mask: '{}' is no field of CustomJob",
                    path.join(".")
                )
            };
            if known {
                Ok(path)
            } else {
                Err(Status::invalid(refusal()))
            }
        });
        paths.collect::<Result<_, _>>().map(Self)
    }

    /// The fields of `resource` that it keeps.
    pub(super) fn apply(&self, resource: Value) -> Value {
        if self.0.is_empty() {
            return resource;
        }
        let mut kept = Value::Object(Map::new());
        for path in &self.0 {
            copy(path, &resource, &mut kept);
        }
        kept
    }
}

fn copy(path: &[String], from: &Value, into: &mut Value) {
    let Some((first, rest)) = path.split_first() else {
        return;
    };
    let Some(value) = from.get(first) else { return };
    if rest.is_empty() || !value.is_object() {
        into[first.as_str()] = value.clone();
        return;
    }
    if into.get(first).is_none() {
        into[first.as_str()] = Value::Object(Map::new());
    }
    copy(rest, value, &mut into[first.as_str()]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_mask_keeps_what_it_names_in_either_spelling() {
        let job = json!({"name": "n", "createTime": "t", "error": {"code": 3, "message": "m"}, "labels": {}});
        let kept = |mask| Mask::parse(mask).unwrap().apply(job.clone());
        assert_eq!(kept("name,create_time"), json!({"name": "n", "createTime": "t"}));
        assert_eq!(kept("error.message,endTime"), json!({"error": {"message": "m"}}));
        assert_eq!(kept("*"), job);
        assert_eq!(Mask::parse("name,nmae").unwrap_err().http, 400);
    }
}
