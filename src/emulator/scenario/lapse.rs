//! Lengths of time as scenario files write them.

use std::time::Duration;

use jiff::SignedDuration;
use serde::{Deserialize, Deserializer, de::Error};

/// A length of time: `"0.5s"`, `"90s"`, `"3m"`, `"1h 30m"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) struct Lapse(pub(crate) Duration);

impl<'de> Deserialize<'de> for Lapse {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let signed: SignedDuration = text.parse().map_err(|_| {
            D::Error::custom(format!(
                "`{text}` is no length of time; write it as 90s, 0.5s or 3m"
            ))
        })?;
        Duration::try_from(signed)
            .map(Self)
            .map_err(|_| D::Error::custom(format!("`{text}` is negative")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Lapse, toml::de::Error> {
        #[derive(Deserialize)]
        struct Holder {
            at: Lapse,
        }
        toml::from_str::<Holder>(&format!("at = \"{text}\"")).map(|holder| holder.at)
    }

    #[test]
    fn lengths_are_read_with_their_units() {
        for (text, millis) in [
            ("0s", 0),
            ("0.5s", 500),
            ("250ms", 250),
            ("90s", 90_000),
            ("3m", 180_000),
        ] {
            assert_eq!(
                read(text).unwrap(),
                Lapse(Duration::from_millis(millis)),
                "{text}"
            );
        }
        for wrong in ["", "12", "-1s", "soon"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
