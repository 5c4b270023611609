//! The fields of a `LogEntry` that a filter may name, with their types.
//!
//! Source: the `LogEntry` reference of the Cloud Logging API v2. To add a field, add a line to [`FIELDS`].

/// The type of a field. It decides what a value is converted to and what a missing field counts as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Text of the entry itself; missing counts as empty.
    Text,
    /// An instant; missing counts as the epoch.
    Time,
    /// A `LogSeverity`, compared by number; missing counts as `DEFAULT`.
    Severity,
    /// Missing counts as false.
    Bool,
    /// An integer, in JSON a number or its text; missing counts as 0.
    Number,
    /// A duration; missing counts as 0 s.
    Duration,
    /// A value of a payload or a label: its type is known per entry; missing fails every comparison.
    Dynamic,
    /// An object: only `:` applies to the whole; its members are compared.
    Object,
}

/// A field path that has been checked against [`FIELDS`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Field {
    /// JSON names from the entry downwards.
    pub(super) path: Vec<String>,
    pub(super) kind: Kind,
}

/// Objects whose members are free: labels, payloads and other structs. Their keys are case-sensitive.
const OPEN_OBJECTS: [&str; 10] = [
    "labels",
    "resource.labels",
    "jsonPayload",
    "protoPayload",
    "metadata.systemLabels",
    "metadata.userLabels",
    "otel",
    "apphub",
    "apphubSource",
    "apphubDestination",
];

/// Every field with a fixed name. The objects on the way to them are known by their prefix.
const FIELDS: [(&str, Kind); 39] = [
    ("logName", Kind::Text),
    ("resource.type", Kind::Text),
    ("textPayload", Kind::Text),
    ("timestamp", Kind::Time),
    ("receiveTimestamp", Kind::Time),
    ("severity", Kind::Severity),
    ("insertId", Kind::Text),
    ("trace", Kind::Text),
    ("spanId", Kind::Text),
    ("traceSampled", Kind::Bool),
    ("errorGroups.id", Kind::Text),
    ("operation.id", Kind::Text),
    ("operation.producer", Kind::Text),
    ("operation.first", Kind::Bool),
    ("operation.last", Kind::Bool),
    ("sourceLocation.file", Kind::Text),
    ("sourceLocation.line", Kind::Number),
    ("sourceLocation.function", Kind::Text),
    ("split.uid", Kind::Text),
    ("split.index", Kind::Number),
    ("split.totalSplits", Kind::Number),
    ("httpRequest.requestMethod", Kind::Text),
    ("httpRequest.requestUrl", Kind::Text),
    ("httpRequest.requestSize", Kind::Number),
    ("httpRequest.status", Kind::Number),
    ("httpRequest.responseSize", Kind::Number),
    ("httpRequest.userAgent", Kind::Text),
    ("httpRequest.remoteIp", Kind::Text),
    ("httpRequest.serverIp", Kind::Text),
    ("httpRequest.referer", Kind::Text),
    ("httpRequest.latency", Kind::Duration),
    ("httpRequest.cacheLookup", Kind::Bool),
    ("httpRequest.cacheHit", Kind::Bool),
    ("httpRequest.cacheValidatedWithOriginServer", Kind::Bool),
    ("httpRequest.cacheFillBytes", Kind::Number),
    ("httpRequest.protocol", Kind::Text),
    ("httpRequest.isWebSocket", Kind::Bool),
    ("errorGroups", Kind::Object),
    ("metadata", Kind::Object),
];

/// The field that `path` names; `None` when no `LogEntry` has it.
///
/// Names of the entry itself may be written in any case and with underscores (`log_name`), as in Google's
/// language; keys of labels and payloads may not.
pub(super) fn resolve(path: &[&str]) -> Option<Field> {
    OPEN_OBJECTS
        .into_iter()
        .find_map(|open| in_open_object(path, open))
        .or_else(|| fixed(path))
}

fn in_open_object(path: &[&str], open: &str) -> Option<Field> {
    let names: Vec<&str> = open.split('.').collect();
    if path.len() < names.len() || !names.iter().zip(path).all(|(name, part)| same_name(name, part)) {
        return None;
    }
    let keys = &path[names.len()..];
    let kind = if keys.is_empty() {
        Kind::Object
    } else {
        Kind::Dynamic
    };
    Some(Field {
        path: names
            .into_iter()
            .chain(keys.iter().copied())
            .map(str::to_owned)
            .collect(),
        kind,
    })
}

fn fixed(path: &[&str]) -> Option<Field> {
    FIELDS.into_iter().find_map(|(full, kind)| {
        let names: Vec<&str> = full.split('.').take(path.len()).collect();
        let same =
            names.len() == path.len() && names.iter().zip(path).all(|(name, part)| same_name(name, part));
        let kind = if full.split('.').count() == path.len() {
            kind
        } else {
            Kind::Object
        };
        same.then(|| Field {
            path: names.into_iter().map(str::to_owned).collect(),
            kind,
        })
    })
}

fn same_name(name: &str, written: &str) -> bool {
    name.chars().map(|c| c.to_ascii_lowercase()).eq(written
        .chars()
        .filter(|c| *c != '_')
        .map(|c| c.to_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolved(path: &str) -> Option<(String, Kind)> {
        let parts: Vec<_> = path.split('.').collect();
        resolve(&parts).map(|field| (field.path.join("."), field.kind))
    }

    #[test]
    fn names_of_the_entry_resolve_in_any_spelling_and_keys_as_written() {
        for (written, json, kind) in [
            ("logName", "logName", Kind::Text),
            ("log_name", "logName", Kind::Text),
            ("SEVERITY", "severity", Kind::Severity),
            ("receive_timestamp", "receiveTimestamp", Kind::Time),
            ("resource.type", "resource.type", Kind::Text),
            ("resource", "resource", Kind::Object),
            ("operation", "operation", Kind::Object),
            ("labels", "labels", Kind::Object),
            (
                "RESOURCE.labels.Job_Name",
                "resource.labels.Job_Name",
                Kind::Dynamic,
            ),
            ("json_payload.a_b.C", "jsonPayload.a_b.C", Kind::Dynamic),
            (
                "metadata.systemLabels.x",
                "metadata.systemLabels.x",
                Kind::Dynamic,
            ),
        ] {
            assert_eq!(resolved(written), Some((json.to_owned(), kind)), "{written}");
        }
    }

    #[test]
    fn unknown_fields_and_members_do_not_resolve() {
        for path in [
            "job_name",
            "resource.zone",
            "textPayload.message",
            "severity.x",
            "_",
            "",
        ] {
            assert_eq!(resolved(path), None, "{path}");
        }
    }
}
