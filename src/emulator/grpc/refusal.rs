//! Refusals as gRPC statuses, with the same details as the JSON bodies.

use std::collections::HashMap;

use axum::body::Bytes;
use prost::Message;
use prost_types::Any;
use serde_json::Value;
use tonic::Code;

use crate::emulator::status::Status;

/// `google.rpc.Status`, which the trailer `grpc-status-details-bin` carries.
#[derive(Clone, PartialEq, Message)]
struct RpcStatus {
    #[prost(int32, tag = "1")]
    code: i32,
    #[prost(string, tag = "2")]
    message: String,
    #[prost(message, repeated, tag = "3")]
    details: Vec<Any>,
}

/// `google.rpc.ErrorInfo`.
#[derive(Clone, PartialEq, Message)]
struct ErrorInfo {
    #[prost(string, tag = "1")]
    reason: String,
    #[prost(string, tag = "2")]
    domain: String,
    #[prost(map = "string, string", tag = "3")]
    metadata: HashMap<String, String>,
}

/// The refusal as gRPC carries it. Of the details, `ErrorInfo` goes along: the one that clients look at.
pub(super) fn grpc(refusal: &Status) -> tonic::Status {
    let error = &refusal.body["error"];
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let (code, message) = (refusal.code.number(), text(&error["message"]));
    let details = error["details"].as_array().into_iter().flatten();
    let infos = details.filter(|detail| detail["@type"] == "type.googleapis.com/google.rpc.ErrorInfo");
    let details: Vec<Any> = infos
        .map(|info| {
            let metadata = info["metadata"].as_object().into_iter().flatten();
            let info = ErrorInfo {
                reason: text(&info["reason"]),
                domain: text(&info["domain"]),
                metadata: metadata.map(|(key, value)| (key.clone(), text(value))).collect(),
            };
            Any {
                type_url: "type.googleapis.com/google.rpc.ErrorInfo".to_owned(),
                value: info.encode_to_vec(),
            }
        })
        .collect();
    let status = RpcStatus {
        code,
        message: message.clone(),
        details,
    };
    tonic::Status::with_details(Code::from_i32(code), message, Bytes::from(status.encode_to_vec()))
}
