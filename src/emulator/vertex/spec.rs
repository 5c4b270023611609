//! What a `CustomJob` of a request may ask for, and what Vertex AI refuses.
//!
//! Wrong fields come in one list, `List of found errors:\t1.Field: …; Message: …\t`, as real answers have it; machines and
//! accelerators that do not exist, and quotas, have messages of their own.

use std::collections::BTreeMap;

use serde_json::Value;

use super::machines;
use crate::emulator::status::{Code, Status};

/// What a valid request asks for.
#[derive(Debug)]
pub(super) struct NewJob {
    pub(super) display_name: String,
    pub(super) labels: BTreeMap<String, String>,
    pub(super) spec: Value,
}

/// Accelerators by type.
pub(crate) type Accelerators = BTreeMap<String, u64>;

/// Reads a `CustomJob` of a request, which has its shape.
pub(super) fn job(mut job: Value) -> Result<NewJob, Status> {
    let mut errors = Vec::new();
    check_display_name(&job["displayName"], &mut errors);
    let labels = labels(&job["labels"], &mut errors);
    check_pools(&job["jobSpec"]["workerPoolSpecs"], &mut errors);
    if !errors.is_empty() {
        let list = (1..)
            .zip(&errors)
            .map(|(number, (field, message))| format!("{number}.Field: {field}; Message: {message}\t"));
        return Err(Status::invalid(format!(
            "List of found errors:\t{}",
            list.collect::<String>()
        )));
    }
    check_machines(&job["jobSpec"]["workerPoolSpecs"])?;
    Ok(NewJob {
        display_name: job["displayName"].as_str().unwrap_or_default().to_owned(),
        labels,
        spec: job["jobSpec"].take(),
    })
}

/// A field and what is wrong with it.
type Wrong = (String, String);

fn check_display_name(name: &Value, errors: &mut Vec<Wrong>) {
    let length = name.as_str().map_or(0, |name| name.chars().count());
    let message = match length {
        0 => "Required field is not set.",
        1..=128 => return,
        _ => "The display name can be up to 128 characters long.",
    };
    errors.push(("custom_job.display_name".to_owned(), message.to_owned()));
}

/// Lowercase letters of any script, digits, `_` and `-`, at most 64 of them (63 in the rules of other products).
fn labels(labels: &Value, errors: &mut Vec<Wrong>) -> BTreeMap<String, String> {
    let fits = |text: &str| {
        text.chars().count() <= 64
            && text
                .chars()
                .all(|c| c.is_alphanumeric() && !c.is_uppercase() || "_-".contains(c))
    };
    let mut read = BTreeMap::new();
    for (key, value) in labels.as_object().into_iter().flatten() {
        match value.as_str() {
            Some(value) if !key.is_empty() && fits(key) && fits(value) => {
                read.insert(key.clone(), value.to_owned());
            }
            _ => errors.push((
                "custom_job.labels".to_owned(),
                format!("Label \"{key}\": keys and values can be no longer than 64 characters, and hold only lowercase letters, numeric characters, underscores and dashes."),
            )),
        }
    }
    read
}

fn check_pools(pools: &Value, errors: &mut Vec<Wrong>) {
    let pools = pools.as_array().map_or(&[][..], Vec::as_slice);
    if pools.is_empty() {
        let field = "job_spec.worker_pool_specs".to_owned();
        errors.push((field, "At least one worker pool should be specified.".to_owned()));
    }
    for (index, pool) in pools.iter().enumerate() {
        check_pool(pool, |field, message| {
            let field = format!("job_spec.worker_pool_specs[{index}].{field}");
            errors.push((field, message.to_owned()));
        });
    }
}

fn check_pool(pool: &Value, mut wrong: impl FnMut(&str, &str)) {
    let machine = &pool["machineSpec"];
    if machine["machineType"].as_str().is_none_or(str::is_empty) {
        wrong("machine_spec.machine_type", "Required field is not set.");
    }
    if (accelerator(machine).is_some()) != (count(&machine["acceleratorCount"]) > 0) {
        wrong(
            "machine_spec.accelerator_type",
            "Both `accelerator_type` and `accelerator_count` should be specified or none.",
        );
    }
    let task = [
        &pool["containerSpec"]["imageUri"],
        &pool["pythonPackageSpec"]["executorImageUri"],
    ];
    if task
        .iter()
        .filter(|image| image.as_str().is_some_and(|image| !image.is_empty()))
        .count()
        != 1
    {
        wrong(
            "task",
            "Exactly one of `container_spec` and `python_package_spec` should be specified, with its image.",
        );
    }
    if pool["replicaCount"]
        .as_str()
        .is_some_and(|text| text.parse::<u32>().is_err())
    {
        wrong("replica_count", "The replica count should not be negative.");
    }
}

fn check_machines(pools: &Value) -> Result<(), Status> {
    for pool in pools.as_array().into_iter().flatten() {
        let machine = pool["machineSpec"]["machineType"].as_str().unwrap_or_default();
        let Some(fitting) = machines::accelerators(machine) else {
            return Err(Status::invalid(format!(
                "Machine type \"{machine}\" is not supported."
            )));
        };
        if let Some(accelerator) = accelerator(&pool["machineSpec"]).filter(|one| !fitting.contains(one)) {
            return Err(Status::invalid(format!(
                "Accelerator \"{accelerator}\" is not supported for machine type \"{machine}\""
            )));
        }
    }
    Ok(())
}

fn accelerator(machine: &Value) -> Option<&str> {
    machine["acceleratorType"]
        .as_str()
        .filter(|name| *name != "ACCELERATOR_TYPE_UNSPECIFIED")
}

fn count(value: &Value) -> u64 {
    value
        .as_u64()
        .or_else(|| value.as_str()?.parse().ok())
        .unwrap_or(0)
}

/// The accelerators of a job, over all replicas.
pub(crate) fn accelerators(spec: &Value) -> Accelerators {
    let mut all = Accelerators::new();
    for pool in spec["workerPoolSpecs"].as_array().into_iter().flatten() {
        if let Some(accelerator) = accelerator(&pool["machineSpec"]) {
            let replicas = count(&pool["replicaCount"]).max(1);
            let each = count(&pool["machineSpec"]["acceleratorCount"]);
            *all.entry(accelerator.to_owned()).or_default() += each.saturating_mul(replicas);
        }
    }
    all
}

/// Refuses a job that needs more than is left of a quota.
pub(super) fn check_quota(
    wanted: &Accelerators,
    used: &Accelerators,
    limit: impl Fn(&str) -> u64,
) -> Result<(), Status> {
    let over = wanted
        .iter()
        .filter(|(name, count)| used.get(*name).unwrap_or(&0) + *count > limit(name));
    let metrics: Vec<String> = over.map(|(name, _)| machines::metric(name)).collect();
    if metrics.is_empty() {
        return Ok(());
    }
    let message = format!(
        "The following quota metrics exceed quota limits: {}",
        metrics.join(",")
    );
    Err(Status::new(Code::ResourceExhausted, message))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn with(pool: &Value) -> Value {
        json!({"displayName": "d", "jobSpec": {"workerPoolSpecs": [pool]}})
    }

    #[test]
    fn what_vertex_refuses_is_refused_in_its_words() {
        let container = json!({"imageUri": "i"});
        for (sent, words) in [
            (
                json!({}),
                "1.Field: custom_job.display_name; Message: Required field is not set.\t2.Field: job_spec.worker_pool_specs;",
            ),
            (
                with(&json!({"machineSpec": {"machineType": "n1-standard-3"}, "containerSpec": container})),
                "Machine type \"n1-standard-3\" is not supported.",
            ),
            (
                with(
                    &json!({"machineSpec": {"machineType": "n1-standard-4", "acceleratorType": "NVIDIA_L4", "acceleratorCount": 1}, "containerSpec": container}),
                ),
                "Accelerator \"NVIDIA_L4\" is not supported for machine type \"n1-standard-4\"",
            ),
            (
                with(
                    &json!({"machineSpec": {"machineType": "g2-standard-4", "acceleratorType": "NVIDIA_L4"}, "containerSpec": container}),
                ),
                "1.Field: job_spec.worker_pool_specs[0].machine_spec.accelerator_type; Message: Both `accelerator_type` and `accelerator_count` should be specified or none.\t",
            ),
            (
                with(&json!({"machineSpec": {"machineType": "e2-standard-4"}})),
                "1.Field: job_spec.worker_pool_specs[0].task;",
            ),
        ] {
            let refusal = job(sent).unwrap_err();
            let message = refusal.body["error"]["message"].as_str().unwrap_or_default();
            assert!(refusal.http == 400 && message.contains(words), "{message}");
        }
    }

    #[test]
    fn accelerators_count_over_replicas_and_against_what_runs() {
        let spec = with(&json!({"replicaCount": "3", "machineSpec": {"acceleratorType": "NVIDIA_L4", "acceleratorCount": 2}}))["jobSpec"].take();
        let wanted = accelerators(&spec);
        assert_eq!(wanted["NVIDIA_L4"], 6);
        assert!(check_quota(&wanted, &Accelerators::new(), |_| 6).is_ok());
        let refusal = check_quota(&wanted, &[("NVIDIA_L4".to_owned(), 1)].into(), |_| 6).unwrap_err();
        assert_eq!(refusal.http, 429);
        assert_eq!(
            refusal.body["error"]["message"],
            "The following quota metrics exceed quota limits: aiplatform.googleapis.com/custom_model_training_nvidia_l4_gpus"
        );
    }
}
