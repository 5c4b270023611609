//! The scenarios that are built into the binary.

use super::Scenario;

/// Names a file under `config/scenarios/`.
macro_rules! scenarios {
    ($($name:literal),+ $(,)?) => {
        &[$(($name, include_str!(concat!("../../../config/scenarios/", $name, ".toml")))),+]
    };
}

/// The catalogue, in the order in which it is listed.
const FILES: &[(&str, &str)] = scenarios![
    "tour-success",
    "tour-failure",
    "job-pending",
    "job-queued",
    "job-running",
    "job-succeeded",
    "log-proof",
    "completed",
    "completed-no-job",
    "permission",
    "quota",
    "machine-type",
    "zero-runs",
    "wrapper-then-403",
    "give-up-then-idle",
    "job-failed",
    "execution-failed",
    "oom",
    "cancelled",
    "foreign-job",
    "other-run",
    "unmarked-job",
    "late-logs",
    "logging-down",
    "vertex-down",
    "lost-response",
    "token-expires",
    "timeout",
];

pub(super) fn named(name: &str) -> Option<Scenario> {
    let (name, toml) = FILES.iter().find(|(known, _)| *known == name)?;
    Scenario::parse(name, toml).ok() // the tests parse every file, so a built-in name is never lost here
}

pub(super) fn summaries() -> Vec<(&'static str, String)> {
    FILES
        .iter()
        .filter_map(|(name, _)| Some((*name, named(name)?.summary)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scenario_file_is_registered_and_parses() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/config/scenarios");
        let mut on_disk: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|file| {
                file.unwrap()
                    .path()
                    .file_stem()
                    .unwrap()
                    .to_string_lossy()
                    .into_owned()
            })
            .collect();
        let mut known: Vec<String> = FILES.iter().map(|(name, _)| (*name).to_owned()).collect();
        on_disk.sort();
        known.sort();
        assert_eq!(on_disk, known);
        for (name, toml) in FILES {
            let scenario = Scenario::parse(name, toml).unwrap_or_else(|error| panic!("{error}"));
            assert!(!scenario.truths().is_empty(), "{name} says no truth");
            assert!(
                scenario.summary().len() <= 100 && !scenario.summary().contains('\n'),
                "{name}"
            );
        }
    }
}
