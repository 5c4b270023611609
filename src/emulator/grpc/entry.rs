//! Log entries as protobuf messages, made from their JSON form.

use googleapis_tonic_google_logging_v2::google::logging::v2::{
    LogEntry, LogEntryOperation, LogEntrySourceLocation, log_entry::Payload,
};
use jiff::Timestamp;
use prost::Message;
use prost_types::{Any, ListValue, Struct, Value as ProtoValue, value::Kind};
use serde_json::{Map, Value};

use crate::emulator::wire::enums::SEVERITY;

/// The part of `google.cloud.audit.AuditLog` that the entries here have.
#[derive(Clone, PartialEq, Message)]
struct AuditLog {
    #[prost(message, optional, tag = "2")]
    status: Option<AuditStatus>,
    #[prost(string, tag = "7")]
    service_name: String,
    #[prost(string, tag = "8")]
    method_name: String,
    #[prost(string, tag = "11")]
    resource_name: String,
    #[prost(message, optional, tag = "17")]
    response: Option<Struct>,
}

/// `google.rpc.Status` without details.
#[derive(Clone, PartialEq, Message)]
struct AuditStatus {
    #[prost(int32, tag = "1")]
    code: i32,
    #[prost(string, tag = "2")]
    message: String,
}

/// `google.logging.v2.LogEntry`.
pub(super) fn log_entry(json: &Value) -> LogEntry {
    let mut entry = LogEntry {
        log_name: text(&json["logName"]),
        timestamp: timestamp(&json["timestamp"]),
        receive_timestamp: timestamp(&json["receiveTimestamp"]),
        severity: severity(&json["severity"]),
        insert_id: text(&json["insertId"]),
        trace: text(&json["trace"]),
        span_id: text(&json["spanId"]),
        trace_sampled: json["traceSampled"].as_bool().unwrap_or(false),
        payload: payload(json),
        ..LogEntry::default()
    };
    entry.labels.extend(texts(&json["labels"]));
    let resource = entry.resource.get_or_insert_default();
    resource.r#type = text(&json["resource"]["type"]);
    resource.labels.extend(texts(&json["resource"]["labels"]));
    entry.operation = json["operation"]
        .as_object()
        .map(|_| operation(&json["operation"]));
    entry.source_location = json["sourceLocation"]
        .as_object()
        .map(|_| location(&json["sourceLocation"]));
    entry
}

fn operation(json: &Value) -> LogEntryOperation {
    LogEntryOperation {
        id: text(&json["id"]),
        producer: text(&json["producer"]),
        first: json["first"].as_bool().unwrap_or(false),
        last: json["last"].as_bool().unwrap_or(false),
    }
}

fn location(json: &Value) -> LogEntrySourceLocation {
    LogEntrySourceLocation {
        file: text(&json["file"]),
        line: json["line"]
            .as_str()
            .and_then(|line| line.parse().ok())
            .or_else(|| json["line"].as_i64())
            .unwrap_or(0),
        function: text(&json["function"]),
    }
}

fn payload(json: &Value) -> Option<Payload> {
    if let Some(text) = json["textPayload"].as_str() {
        return Some(Payload::TextPayload(text.to_owned()));
    }
    if let Some(fields) = json["jsonPayload"].as_object() {
        return Some(Payload::JsonPayload(object(fields)));
    }
    json["protoPayload"]
        .as_object()
        .map(|_| Payload::ProtoPayload(audit(&json["protoPayload"])))
}

fn audit(json: &Value) -> Any {
    let log = AuditLog {
        status: json["status"].as_object().map(|status| AuditStatus {
            code: status
                .get("code")
                .and_then(Value::as_i64)
                .and_then(|code| i32::try_from(code).ok())
                .unwrap_or(0),
            message: status.get("message").map(text).unwrap_or_default(),
        }),
        service_name: text(&json["serviceName"]),
        method_name: text(&json["methodName"]),
        resource_name: text(&json["resourceName"]),
        response: json["response"].as_object().map(object),
    };
    Any {
        type_url: "type.googleapis.com/google.cloud.audit.AuditLog".to_owned(),
        value: log.encode_to_vec(),
    }
}

fn text(json: &Value) -> String {
    json.as_str().unwrap_or_default().to_owned()
}

fn texts(json: &Value) -> impl Iterator<Item = (String, String)> {
    json.as_object()
        .into_iter()
        .flatten()
        .map(|(key, value)| (key.clone(), text(value)))
}

fn timestamp(json: &Value) -> Option<prost_types::Timestamp> {
    let at: Timestamp = json.as_str()?.parse().ok()?;
    Some(prost_types::Timestamp {
        seconds: at.as_second(),
        nanos: at.subsec_nanosecond(),
    })
}

fn severity(json: &Value) -> i32 {
    let known = SEVERITY.names.iter().find(|(name, _)| json == *name);
    known
        .and_then(|(_, number)| i32::try_from(*number).ok())
        .unwrap_or(0)
}

fn object(fields: &Map<String, Value>) -> Struct {
    Struct {
        fields: fields
            .iter()
            .map(|(key, value)| (key.clone(), proto_value(value)))
            .collect(),
    }
}

fn proto_value(json: &Value) -> ProtoValue {
    let kind = match json {
        Value::Null => Kind::NullValue(0),
        Value::Bool(flag) => Kind::BoolValue(*flag),
        Value::Number(number) => Kind::NumberValue(number.as_f64().unwrap_or(0.0)),
        Value::String(text) => Kind::StringValue(text.clone()),
        Value::Array(values) => Kind::ListValue(ListValue {
            values: values.iter().map(proto_value).collect(),
        }),
        Value::Object(fields) => Kind::StructValue(object(fields)),
    };
    ProtoValue { kind: Some(kind) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_entry_keeps_its_names_times_and_payload() {
        let entry = log_entry(&json!({
            "logName": "projects/p/logs/x", "timestamp": "2026-11-23T10:00:00.5Z", "severity": "WARNING", "insertId": "i",
            "resource": {"type": "cloud_run_job", "labels": {"job_name": "train"}}, "labels": {"k": "v"},
            "jsonPayload": {"step": 3, "tags": ["a", null, true]},
        }));
        assert_eq!(
            (
                entry.log_name.as_str(),
                entry.severity,
                entry.labels["k"].as_str()
            ),
            ("projects/p/logs/x", 400, "v")
        );
        assert_eq!(
            entry.timestamp.map(|at| (at.seconds, at.nanos)),
            Some((1_795_428_000, 500_000_000))
        );
        assert_eq!(
            entry.resource.map(|resource| resource.labels["job_name"].clone()),
            Some("train".to_owned())
        );
        let Some(Payload::JsonPayload(fields)) = entry.payload else {
            panic!("no structured payload")
        };
        assert_eq!(fields.fields["step"].kind, Some(Kind::NumberValue(3.0)));
    }

    #[test]
    fn the_audit_entry_is_an_any_of_googles_type() {
        let entry = log_entry(
            &json!({"protoPayload": {"methodName": "/Jobs.RunJob", "status": {"code": 2, "message": "m"}}}),
        );
        let Some(Payload::ProtoPayload(any)) = entry.payload else {
            panic!("no audit log")
        };
        let log = AuditLog::decode(any.value.as_slice()).unwrap();
        assert_eq!(
            (log.method_name.as_str(), log.status.unwrap().code),
            ("/Jobs.RunJob", 2)
        );
        assert!(any.type_url.ends_with("google.cloud.audit.AuditLog"));
    }
}
