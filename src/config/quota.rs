//! `--quota logging=60,vertex=600,run=600`.

use super::value::{Wrong, requests_per_minute};

/// The quotas that a flag names, in requests a minute.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct QuotaFlag {
    /// Cloud Logging's reads.
    pub logging: Option<u32>,
    /// Vertex AI's requests.
    pub vertex: Option<u32>,
    /// Cloud Run's reads.
    pub run: Option<u32>,
}

/// Reads the flag. What it leaves out keeps its setting.
pub fn quota(text: &str) -> Result<QuotaFlag, Wrong> {
    let malformed = || Wrong::expected("logging=N, vertex=N or run=N, separated by commas, each once");
    let mut flag = QuotaFlag::default();
    for part in text.split(',') {
        let (api, rate) = part.split_once('=').ok_or_else(malformed)?;
        let place = match api {
            "logging" => &mut flag.logging,
            "vertex" => &mut flag.vertex,
            "run" => &mut flag.run,
            _ => return Err(malformed()),
        };
        if place.replace(requests_per_minute(rate)?).is_some() {
            return Err(malformed());
        }
    }
    Ok(flag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotas_name_their_api_once() {
        let flag = quota("logging=60,run=7").unwrap();
        assert_eq!((flag.logging, flag.vertex, flag.run), (Some(60), None, Some(7)));
        for bad in [
            "",
            "60",
            "logging",
            "logging=",
            "logging=0",
            "logging=1,logging=2",
            "pubsub=1",
            "logging=1,",
        ] {
            assert!(quota(bad).is_err(), "{bad:?}");
        }
    }
}
