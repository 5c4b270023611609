//! Ids for launches that were given none.

use jiff::Timestamp;

use crate::core::ids::LaunchId;

use super::error::ConfigError;

/// What makes an id differ from others'.
#[derive(Clone, Copy, Debug)]
pub struct Seed {
    /// Wall time.
    pub now: Timestamp,
    /// Anything that differs between processes and between the launches of one.
    pub entropy: u64,
}

/// An id such as `lo-20261123-101530-4f2a09bc`: the time in UTC, for people, and 32 bits against collisions, enough for
/// a thousand launches in one second.
pub fn launch_id(seed: Seed) -> Result<LaunchId, ConfigError> {
    let time = seed.now.strftime("%Y%m%d-%H%M%S");
    let bits = mixed(seed.entropy) & 0xffff_ffff;
    LaunchId::parse(&format!("lo-{time}-{bits:08x}")).map_err(|_| ConfigError::Clock(seed.now))
}

/// `SplitMix64`'s output function: seeds that follow each other give ids that do not. (Steele et al., 2014)
pub(super) fn mixed(seed: u64) -> u64 {
    let z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn at(now: &str, entropy: u64) -> Seed {
        Seed {
            now: now.parse().unwrap(),
            entropy,
        }
    }

    #[test]
    fn an_id_says_when_and_is_a_label_value() {
        let id = launch_id(at("2026-11-23T10:15:30.9Z", 7)).unwrap();
        assert!(id.as_str().starts_with("lo-20261123-101530-"), "{id}");
        assert_eq!(id.as_str().len(), 27);
        assert_eq!(id, launch_id(at("2026-11-23T10:15:30Z", 7)).unwrap());
    }

    #[test]
    fn a_thousand_launches_of_one_second_have_a_thousand_ids() {
        let ids: BTreeSet<_> = (0..1000)
            .map(|n| launch_id(at("2026-11-23T10:15:30Z", n)).unwrap())
            .collect();
        assert_eq!(ids.len(), 1000);
    }

    #[test]
    fn a_clock_before_all_years_still_gives_an_id_or_an_error() {
        for now in [Timestamp::MIN, Timestamp::MAX, Timestamp::UNIX_EPOCH] {
            let seed = Seed { now, entropy: 1 };
            if let Ok(id) = launch_id(seed) {
                assert!(id.as_str().starts_with("lo-"));
            }
        }
    }
}
