//! The machines of custom training, and the accelerators that go with them.
//!
//! Source: the page "Configure compute resources for custom training". What is not here is refused in Vertex AI's words.

/// A family of machine types: name, sizes, accelerators.
type Family = (&'static str, &'static [&'static str], &'static [&'static str]);

const N1: &[&str] = &[
    "NVIDIA_TESLA_K80",
    "NVIDIA_TESLA_P4",
    "NVIDIA_TESLA_P100",
    "NVIDIA_TESLA_V100",
    "NVIDIA_TESLA_T4",
];

const FAMILIES: &[Family] = &[
    ("n1-standard", &["4", "8", "16", "32", "64", "96"], N1),
    ("n1-highmem", &["2", "4", "8", "16", "32", "64", "96"], N1),
    ("n1-highcpu", &["16", "32", "64", "96"], N1),
    ("e2-standard", &["4", "8", "16", "32"], &[]),
    ("e2-highmem", &["2", "4", "8", "16"], &[]),
    ("e2-highcpu", &["16", "32"], &[]),
    (
        "n2-standard",
        &["4", "8", "16", "32", "48", "64", "80", "96", "128"],
        &[],
    ),
    (
        "n2-highmem",
        &["2", "4", "8", "16", "32", "48", "64", "80", "96", "128"],
        &[],
    ),
    ("n2-highcpu", &["16", "32", "48", "64", "80", "96"], &[]),
    ("c2-standard", &["4", "8", "16", "30", "60"], &[]),
    ("c3-highcpu", &["22", "44", "88", "176"], &[]),
    ("m1-ultramem", &["40", "80", "160"], &[]),
    ("m1-megamem", &["96"], &[]),
    ("a2-highgpu", &["1g", "2g", "4g", "8g"], &["NVIDIA_TESLA_A100"]),
    ("a2-megagpu", &["16g"], &["NVIDIA_TESLA_A100"]),
    ("a2-ultragpu", &["1g", "2g", "4g", "8g"], &["NVIDIA_A100_80GB"]),
    ("a3-highgpu", &["1g", "2g", "4g", "8g"], &["NVIDIA_H100_80GB"]),
    ("a3-megagpu", &["8g"], &["NVIDIA_H100_MEGA_80GB"]),
    ("a3-ultragpu", &["8g"], &["NVIDIA_H200_141GB"]),
    ("a4-highgpu", &["8g"], &["NVIDIA_B200"]),
    (
        "g2-standard",
        &["4", "8", "12", "16", "24", "32", "48", "96"],
        &["NVIDIA_L4"],
    ),
    ("ct5lp-hightpu", &["1t", "4t", "8t"], &[]),
    ("cloud", &["tpu"], &["TPU_V2", "TPU_V3"]),
];

/// The accelerators of a machine type; none if there is no such type.
pub(super) fn accelerators(machine: &str) -> Option<&'static [&'static str]> {
    let (family, size) = machine.rsplit_once('-')?;
    let known = FAMILIES
        .iter()
        .find(|(name, sizes, _)| *name == family && sizes.contains(&size));
    known.map(|(_, _, accelerators)| *accelerators)
}

/// The quota metric of an accelerator: `custom_model_training_nvidia_a100_gpus`.
pub(super) fn metric(accelerator: &str) -> String {
    let name = accelerator.to_lowercase().replace("nvidia_tesla_", "nvidia_");
    let kind = if name.starts_with("tpu") { "" } else { "_gpus" };
    format!("aiplatform.googleapis.com/custom_model_training_{name}{kind}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn machines_are_known_with_what_they_can_carry() {
        assert_eq!(accelerators("g2-standard-8"), Some(&["NVIDIA_L4"][..]));
        assert_eq!(accelerators("e2-standard-4"), Some(&[][..]));
        for unknown in [
            "",
            "n1",
            "n1-standard-3",
            "n1-standard-2",
            "h9-standard-4",
            "n1-standard-4-x",
        ] {
            assert_eq!(accelerators(unknown), None, "{unknown}");
        }
        assert_eq!(
            metric("NVIDIA_TESLA_A100"),
            "aiplatform.googleapis.com/custom_model_training_nvidia_a100_gpus"
        );
    }
}
