//! The enums of the emulated APIs with their numbers: requests may write either, and clients that send
//! `$alt=json;enum-encoding=int` (Google's own Python and Rust clients) are answered with numbers.
//!
//! Names are those of the discovery documents, numbers those of the protos: `google/cloud/run/v2/condition.proto`,
//! `google/api/launch_stage.proto`, `google/logging/type/log_severity.proto`, `google/cloud/aiplatform/v1/job_state.proto` and
//! their neighbours. What no published proto has yet (`FUNCTIONAL_TYPE`, `IDENTITY_TYPE`, `INSTANCE_REASON`) is counted in the document's order.

use serde_json::Value;

use super::shape::Enum;

/// Declares enums: `NAME = "full.name" { VALUE number, … }`.
macro_rules! enums {
    ($($name:ident = $proto:literal { $($value:ident $number:literal),+ $(,)? })+) => {
        $(
            #[doc = concat!("`", $proto, "`.")]
            pub(crate) static $name: Enum = Enum {
                name: $proto,
                names: &[$((stringify!($value), $number)),+],
            };
        )+
    };
}

enums! {
    LAUNCH_STAGE = "google.api.LaunchStage" {
        LAUNCH_STAGE_UNSPECIFIED 0, EARLY_ACCESS 1, ALPHA 2, BETA 3, GA 4, DEPRECATED 5, UNIMPLEMENTED 6, PRELAUNCH 7,
    }
    EXECUTION_ENVIRONMENT = "google.cloud.run.v2.ExecutionEnvironment" {
        EXECUTION_ENVIRONMENT_UNSPECIFIED 0, EXECUTION_ENVIRONMENT_GEN1 1, EXECUTION_ENVIRONMENT_GEN2 2,
    }
    VPC_EGRESS = "google.cloud.run.v2.VpcAccess.VpcEgress" { VPC_EGRESS_UNSPECIFIED 0, ALL_TRAFFIC 1, PRIVATE_RANGES_ONLY 2 }
    MEDIUM = "google.cloud.run.v2.EmptyDirVolumeSource.Medium" { MEDIUM_UNSPECIFIED 0, MEMORY 1, DISK 2 }
    FUNCTIONAL_TYPE = "google.cloud.run.v2.FunctionalType" {
        FUNCTIONAL_TYPE_UNSPECIFIED 0, FUNCTIONAL_TYPE_AGENT 1, FUNCTIONAL_TYPE_MCP_SERVER 2,
    }
    IDENTITY_TYPE = "google.cloud.run.v2.WorkloadIdentityConfig.IdentityType" {
        IDENTITY_TYPE_UNSPECIFIED 0, IDENTITY_TYPE_SERVICE_ACCOUNT 1, IDENTITY_TYPE_AGENT_IDENTITY 2,
    }
    CONDITION_STATE = "google.cloud.run.v2.Condition.State" {
        STATE_UNSPECIFIED 0, CONDITION_PENDING 1, CONDITION_RECONCILING 2, CONDITION_FAILED 3, CONDITION_SUCCEEDED 4,
    }
    CONDITION_SEVERITY = "google.cloud.run.v2.Condition.Severity" { SEVERITY_UNSPECIFIED 0, ERROR 1, WARNING 2, INFO 3 }
    COMMON_REASON = "google.cloud.run.v2.Condition.CommonReason" {
        COMMON_REASON_UNDEFINED 0, UNKNOWN 1, REVISION_FAILED 3, PROGRESS_DEADLINE_EXCEEDED 4, CONTAINER_MISSING 6,
        CONTAINER_PERMISSION_DENIED 7, CONTAINER_IMAGE_UNAUTHORIZED 8, CONTAINER_IMAGE_AUTHORIZATION_CHECK_FAILED 9,
        ENCRYPTION_KEY_PERMISSION_DENIED 10, ENCRYPTION_KEY_CHECK_FAILED 11, SECRETS_ACCESS_CHECK_FAILED 12,
        WAITING_FOR_OPERATION 13, IMMEDIATE_RETRY 14, POSTPONED_RETRY 15, INTERNAL 16, VPC_NETWORK_NOT_FOUND 17,
    }
    REVISION_REASON = "google.cloud.run.v2.Condition.RevisionReason" {
        REVISION_REASON_UNDEFINED 0, PENDING 1, RESERVE 2, RETIRED 3, RETIRING 4, RECREATING 5,
        HEALTH_CHECK_CONTAINER_ERROR 6, CUSTOMIZED_PATH_RESPONSE_PENDING 7, MIN_INSTANCES_NOT_PROVISIONED 8,
        ACTIVE_REVISION_LIMIT_REACHED 9, NO_DEPLOYMENT 10, HEALTH_CHECK_SKIPPED 11, MIN_INSTANCES_WARMING 12,
    }
    EXECUTION_REASON = "google.cloud.run.v2.Condition.ExecutionReason" {
        EXECUTION_REASON_UNDEFINED 0, JOB_STATUS_SERVICE_POLLING_ERROR 1, NON_ZERO_EXIT_CODE 2, CANCELLED 3,
        CANCELLING 4, DELETED 5, DELAYED_START_PENDING 6, DELAYED_EXECUTION_EXCEEDING_DURATION_LIMIT 7,
    }
    INSTANCE_REASON = "google.cloud.run.v2.Condition.InstanceReason" {
        INSTANCE_REASON_UNSPECIFIED 0, INSTANCE_DELETED 1, INSTANCE_STOPPED 2, INSTANCE_STOPPING 3,
        INSTANCE_NON_ZERO_EXIT_CODE 4,
    }
    COMPLETION_STATUS = "google.cloud.run.v2.ExecutionReference.CompletionStatus" {
        COMPLETION_STATUS_UNSPECIFIED 0, EXECUTION_SUCCEEDED 1, EXECUTION_FAILED 2, EXECUTION_RUNNING 3,
        EXECUTION_PENDING 4, EXECUTION_CANCELLED 5,
    }
    SEVERITY = "google.logging.type.LogSeverity" {
        DEFAULT 0, DEBUG 100, INFO 200, NOTICE 300, WARNING 400, ERROR 500, CRITICAL 600, ALERT 700, EMERGENCY 800,
    }
    JOB_STATE = "google.cloud.aiplatform.v1.JobState" {
        JOB_STATE_UNSPECIFIED 0, JOB_STATE_QUEUED 1, JOB_STATE_PENDING 2, JOB_STATE_RUNNING 3, JOB_STATE_SUCCEEDED 4,
        JOB_STATE_FAILED 5, JOB_STATE_CANCELLING 6, JOB_STATE_CANCELLED 7, JOB_STATE_PAUSED 8, JOB_STATE_EXPIRED 9,
        JOB_STATE_UPDATING 10, JOB_STATE_PARTIALLY_SUCCEEDED 11,
    }
    STRATEGY = "google.cloud.aiplatform.v1.Scheduling.Strategy" {
        STRATEGY_UNSPECIFIED 0, ON_DEMAND 1, LOW_COST 2, STANDARD 3, SPOT 4, FLEX_START 6,
    }
    RESERVATION_AFFINITY = "google.cloud.aiplatform.v1.ReservationAffinity.Type" {
        TYPE_UNSPECIFIED 0, NO_RESERVATION 1, ANY_RESERVATION 2, SPECIFIC_RESERVATION 3,
    }
    ACCELERATORS = "google.cloud.aiplatform.v1.AcceleratorType" {
        ACCELERATOR_TYPE_UNSPECIFIED 0, NVIDIA_TESLA_K80 1, NVIDIA_TESLA_P100 2, NVIDIA_TESLA_V100 3, NVIDIA_TESLA_P4
        4, NVIDIA_TESLA_T4 5, TPU_V2 6, TPU_V3 7, NVIDIA_TESLA_A100 8, NVIDIA_A100_80GB 9, TPU_V4_POD 10, NVIDIA_L4
        11, TPU_V5_LITEPOD 12, NVIDIA_H100_80GB 13, NVIDIA_H100_MEGA_80GB 14, NVIDIA_H200_141GB 15, NVIDIA_B200 16,
        NVIDIA_GB200 17, NVIDIA_RTX_PRO_6000 18,
    }
}

/// A field that holds enums. Two enums may share a field name.
static FIELDS: &[(&str, &[&Enum])] = &[
    ("state", &[&CONDITION_STATE, &JOB_STATE]),
    ("executionReason", &[&EXECUTION_REASON]),
    ("reason", &[&COMMON_REASON]),
    ("launchStage", &[&LAUNCH_STAGE]),
    ("functionalType", &[&FUNCTIONAL_TYPE]),
    ("executionEnvironment", &[&EXECUTION_ENVIRONMENT]),
    ("egress", &[&VPC_EGRESS]),
    ("medium", &[&MEDIUM]),
    ("identityType", &[&IDENTITY_TYPE]),
    ("completionStatus", &[&COMPLETION_STATUS]),
    ("severity", &[&SEVERITY]),
    ("strategy", &[&STRATEGY]),
    ("acceleratorType", &[&ACCELERATORS]),
    ("reservationAffinityType", &[&RESERVATION_AFFINITY]),
];

/// Fields whose inside is the user's data, not messages of an API.
const OPAQUE: &[&str] = &[
    "labels",
    "env",
    "jsonPayload",
    "protoPayload",
    "otel",
    "annotations",
    "limits",
    "environmentVariables",
];

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
    let (_, enums) = FIELDS.iter().find(|(known, _)| *known == field)?;
    let name = value.as_str()?;
    let mut names = enums.iter().flat_map(|one| one.names);
    names.find(|(known, _)| *known == name).map(|(_, number)| *number)
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
