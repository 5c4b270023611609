//! What a process finds in its environment: what Cloud Run sets, and what leads it to this cloud.

use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::emulator::{auth, timeline::Run};

/// A service account key on disk, for `GOOGLE_APPLICATION_CREDENTIALS`. It goes when this is dropped.
#[derive(Debug)]
pub(crate) struct KeyFile(PathBuf);

impl KeyFile {
    /// Writes `key` to a new file of the system's temporary folder; `port` tells emulators apart.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub(crate) fn write(key: &str, port: u16) -> io::Result<Self> {
        let name = format!("liftoff-emulator-{}-{port}.json", std::process::id());
        let path = std::env::temp_dir().join(name);
        let _ = std::fs::remove_file(&path); // of an emulator that was killed
        let mut file = OpenOptions::new().write(true).create_new(true).open(&path)?;
        let kept = Self(path);
        file.write_all(key.as_bytes())?;
        Ok(kept)
    }

    fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for KeyFile {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// The variables of an attempt. Later ones win: those of the job over those of this cloud, and Cloud Run's own over all.
pub(super) fn variables(
    run: &Run,
    (task, attempt): (u32, u32),
    endpoint: &str,
    seed: u64,
    key: &KeyFile,
) -> Vec<(String, String)> {
    let names = &run.names;
    let root = format!("{endpoint}/");
    let mut all: Vec<(String, String)> = [
        // The base URL for `api_endpoint` of Google's SDKs.
        ("LIFTOFF_EMULATOR", endpoint),
        ("CLOUDSDK_API_ENDPOINT_OVERRIDES_RUN", &root),
        ("CLOUDSDK_API_ENDPOINT_OVERRIDES_LOGGING", &root),
        ("CLOUDSDK_API_ENDPOINT_OVERRIDES_AIPLATFORM", &root),
        ("CLOUDSDK_AUTH_ACCESS_TOKEN", &auth::fixed_token(seed)),
        ("GOOGLE_APPLICATION_CREDENTIALS", &key.path().to_string_lossy()),
        ("GOOGLE_CLOUD_PROJECT", &names.project),
        ("GOOGLE_CLOUD_REGION", &names.region),
        ("CLOUDSDK_CORE_PROJECT", &names.project),
        ("CLOUDSDK_RUN_REGION", &names.region),
        ("CLOUDSDK_AI_REGION", &names.region),
        ("PYTHONUNBUFFERED", "1"), // lines reach the log as they are printed
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into();
    let env = run.template.task["containers"][0]["env"].as_array();
    for variable in env.into_iter().flatten() {
        if let (Some(name), Some(value)) = (variable["name"].as_str(), variable["value"].as_str()) {
            all.push((name.to_owned(), value.to_owned()));
        }
    }
    all.extend(
        [
            ("CLOUD_RUN_JOB", names.job.clone()),
            ("CLOUD_RUN_EXECUTION", names.execution.clone()),
            ("CLOUD_RUN_TASK_INDEX", task.to_string()),
            ("CLOUD_RUN_TASK_ATTEMPT", attempt.to_string()),
            ("CLOUD_RUN_TASK_COUNT", run.template.task_count.to_string()),
        ]
        .map(|(name, value)| (name.to_owned(), value)),
    );
    all
}

/// The container's arguments.
pub(super) fn arguments(run: &Run) -> Vec<String> {
    let args = run.template.task["containers"][0]["args"].as_array();
    args.into_iter()
        .flatten()
        .filter_map(|arg| arg.as_str().map(str::to_owned))
        .collect()
}
