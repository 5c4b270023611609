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

/// Keeps the fields that `mask` names (`name,state,error.message`); all for an empty mask or `*`.
pub(super) fn apply(mask: &str, resource: Value) -> Result<Value, Status> {
    if mask.is_empty() || mask == "*" {
        return Ok(resource);
    }
    let mut kept = Value::Object(Map::new());
    for path in mask.split(',').map(str::trim) {
        let path: Vec<String> = path.split('.').map(camel).collect();
        if !path.first().is_some_and(|first| FIELDS.contains(&first.as_str())) {
            return Err(Status::invalid(format!(
                "Invalid field mask: '{}' is no field of CustomJob",
                path.join(".")
            )));
        }
        copy(&path, &resource, &mut kept);
    }
    Ok(kept)
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
        let kept = |mask| apply(mask, job.clone()).unwrap();
        assert_eq!(kept("name,create_time"), json!({"name": "n", "createTime": "t"}));
        assert_eq!(kept("error.message,endTime"), json!({"error": {"message": "m"}}));
        assert_eq!(kept("*"), job);
        assert_eq!(apply("nmae", job).unwrap_err().http, 400);
    }
}
