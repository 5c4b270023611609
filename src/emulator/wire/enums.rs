//! Enums as integers, for clients that send `$alt=json;enum-encoding=int` (Google's own Python and Rust clients).
//!
//! Numbers are those of the protos: `google/cloud/run/v2/condition.proto`, `google/api/launch_stage.proto`,
//! `google/logging/type/log_severity.proto`, `google/cloud/aiplatform/v1/job_state.proto` and their neighbours.

use serde_json::Value;

/// Names of an enum with their numbers.
type Names = &'static [(&'static str, i64)];

/// `google/api/launch_stage.proto`.
pub(crate) const LAUNCH_STAGE: Names = &[
    ("LAUNCH_STAGE_UNSPECIFIED", 0),
    ("EARLY_ACCESS", 1),
    ("ALPHA", 2),
    ("BETA", 3),
    ("GA", 4),
    ("DEPRECATED", 5),
    ("UNIMPLEMENTED", 6),
    ("PRELAUNCH", 7),
];

/// `google/cloud/run/v2/vendor_settings.proto`.
pub(crate) const EXECUTION_ENVIRONMENT: Names = &[
    ("EXECUTION_ENVIRONMENT_UNSPECIFIED", 0),
    ("EXECUTION_ENVIRONMENT_GEN1", 1),
    ("EXECUTION_ENVIRONMENT_GEN2", 2),
];

/// `google/cloud/aiplatform/v1/custom_job.proto`: `Scheduling.Strategy`.
pub(crate) const STRATEGY: Names = &[
    ("STRATEGY_UNSPECIFIED", 0),
    ("ON_DEMAND", 1),
    ("LOW_COST", 2),
    ("STANDARD", 3),
    ("SPOT", 4),
    ("FLEX_START", 6),
];

/// `google/cloud/aiplatform/v1/accelerator_type.proto`.
pub(crate) const ACCELERATORS: Names = &[
    ("ACCELERATOR_TYPE_UNSPECIFIED", 0),
    ("NVIDIA_TESLA_K80", 1),
    ("NVIDIA_TESLA_P100", 2),
    ("NVIDIA_TESLA_V100", 3),
    ("NVIDIA_TESLA_P4", 4),
    ("NVIDIA_TESLA_T4", 5),
    ("TPU_V2", 6),
    ("TPU_V3", 7),
    ("NVIDIA_TESLA_A100", 8),
    ("NVIDIA_A100_80GB", 9),
    ("TPU_V4_POD", 10),
    ("NVIDIA_L4", 11),
    ("TPU_V5_LITEPOD", 12),
    ("NVIDIA_H100_80GB", 13),
    ("NVIDIA_H100_MEGA_80GB", 14),
    ("NVIDIA_H200_141GB", 15),
    ("NVIDIA_B200", 16),
    ("NVIDIA_GB200", 17),
    ("NVIDIA_RTX_PRO_6000", 18),
];

/// `google/logging/type/log_severity.proto`.
pub(crate) const SEVERITY: Names = &[
    ("DEFAULT", 0),
    ("DEBUG", 100),
    ("INFO", 200),
    ("NOTICE", 300),
    ("WARNING", 400),
    ("ERROR", 500),
    ("CRITICAL", 600),
    ("ALERT", 700),
    ("EMERGENCY", 800),
];

/// A field that holds enums, and the numbers of their names. Two enums may share a field name.
const ENUMS: &[(&str, Names)] = &[
    (
        "state",
        &[
            ("CONDITION_PENDING", 1),
            ("CONDITION_RECONCILING", 2),
            ("CONDITION_FAILED", 3),
            ("CONDITION_SUCCEEDED", 4),
            ("JOB_STATE_QUEUED", 1),
            ("JOB_STATE_PENDING", 2),
            ("JOB_STATE_RUNNING", 3),
            ("JOB_STATE_SUCCEEDED", 4),
            ("JOB_STATE_FAILED", 5),
            ("JOB_STATE_CANCELLING", 6),
            ("JOB_STATE_CANCELLED", 7),
            ("JOB_STATE_PAUSED", 8),
            ("JOB_STATE_EXPIRED", 9),
            ("JOB_STATE_UPDATING", 10),
            ("JOB_STATE_PARTIALLY_SUCCEEDED", 11),
        ],
    ),
    (
        "executionReason",
        &[
            ("NON_ZERO_EXIT_CODE", 2),
            ("CANCELLED", 3),
            ("CANCELLING", 4),
            ("DELETED", 5),
        ],
    ),
    ("reason", &[("IMMEDIATE_RETRY", 14)]),
    ("launchStage", LAUNCH_STAGE),
    ("executionEnvironment", EXECUTION_ENVIRONMENT),
    ("strategy", STRATEGY),
    (
        "completionStatus",
        &[
            ("EXECUTION_SUCCEEDED", 1),
            ("EXECUTION_FAILED", 2),
            ("EXECUTION_RUNNING", 3),
            ("EXECUTION_PENDING", 4),
            ("EXECUTION_CANCELLED", 5),
        ],
    ),
    ("severity", SEVERITY),
    ("acceleratorType", ACCELERATORS),
];

/// Fields whose inside is the user's data, not messages of an API.
const OPAQUE: &[&str] = &["labels", "env", "jsonPayload", "protoPayload", "annotations"];

/// Replaces the names of enums by their numbers.
pub(crate) fn as_numbers(message: &mut Value) {
    match message {
        Value::Array(elements) => elements.iter_mut().for_each(as_numbers),
        Value::Object(fields) => {
            for (name, value) in fields
                .iter_mut()
                .filter(|(name, _)| !OPAQUE.contains(&name.as_str()))
            {
                match number(name, value) {
                    Some(number) => *value = number.into(),
                    None => as_numbers(value),
                }
            }
        }
        _ => {}
    }
}

fn number(field: &str, value: &Value) -> Option<i64> {
    let (_, names) = ENUMS.iter().find(|(known, _)| *known == field)?;
    let name = value.as_str()?;
    names
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, number)| *number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn enum_fields_become_numbers_and_user_data_stays() {
        let mut message = json!({"customJobs": [{"state": "JOB_STATE_RUNNING", "labels": {"state": "JOB_STATE_RUNNING"}}],
            "conditions": [{"type": "Completed", "state": "CONDITION_FAILED"}], "textPayload": "JOB_STATE_RUNNING"});
        as_numbers(&mut message);
        assert_eq!(
            message,
            json!({"customJobs": [{"state": 3, "labels": {"state": "JOB_STATE_RUNNING"}}],
                "conditions": [{"type": "Completed", "state": 3}], "textPayload": "JOB_STATE_RUNNING"})
        );
    }
}
