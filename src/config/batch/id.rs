//! Ids of batches, and of the launches in one.

use std::collections::HashMap;

use crate::config::error::ConfigError;
use crate::config::launch_id::{Seed, mixed};
use crate::config::value::Wrong;
use crate::core::ids::{BatchId, LaunchId};

/// The longest id of a launch in a batch, so that its further attempts (`-r2`) have room in a label's 63 characters.
pub(super) const LONGEST: usize = 60;

/// Digits that tell apart the names that do not fit into an id.
const DIGEST: usize = 8;

/// Between a batch's id and what tells the launch; neither holds it, so that no two batches' launches share an id.
const SEPARATOR: &str = "--";

/// An id such as `b-20261124-1310-4f2a09bc`: the minute in UTC, for people and for sorting, and 32 bits, because jobs of
/// many teams start at the same full hour.
pub fn batch_id(seed: Seed) -> Result<BatchId, ConfigError> {
    let time = seed.now.strftime("%Y%m%d-%H%M");
    let bits = mixed(seed.entropy) & 0xffff_ffff;
    BatchId::parse(&format!("b-{time}-{bits:08x}")).map_err(|_| ConfigError::Clock(seed.now))
}

/// Reads a batch's id.
pub fn parse_batch_id(text: &str) -> Result<BatchId, Wrong> {
    BatchId::parse(text).map_err(|_| {
        Wrong::expected("1 to 32 lowercase letters, digits and single `-`, with no `-` at either end")
    })
}

/// Reads the id that a launch of a batch is given.
pub(super) fn given(text: &str) -> Result<LaunchId, Wrong> {
    let id = LaunchId::parse(text)
        .ok()
        .filter(|id| id.as_str().len() <= LONGEST);
    let id = id.ok_or_else(|| {
        Wrong::expected(format!(
            "1 to {LONGEST} lowercase letters, digits and `-`, with no `-` at either end"
        ))
    })?;
    if is_attempt(text) {
        return Err(Wrong::new(
            "ids that end like `-r2` are those of a launch's further attempts",
        ));
    }
    Ok(id)
}

/// Whether an id ends as a further attempt's does.
fn is_attempt(id: &str) -> bool {
    id.rsplit_once("-r")
        .is_some_and(|(_, nth)| !nth.is_empty() && nth.bytes().all(|b| b.is_ascii_digit()))
}

/// Gives each launch of a batch an id from its name, so that the same file makes the same ids in the same batch.
#[derive(Debug)]
pub(super) struct Ids<'b> {
    batch: &'b BatchId,
    taken: HashMap<LaunchId, usize>,
}

impl<'b> Ids<'b> {
    pub(super) fn new(batch: &'b BatchId) -> Self {
        Self {
            batch,
            taken: HashMap::new(),
        }
    }

    /// Takes an id that was given; the line of the launch that has it already, if one does.
    pub(super) fn take(&mut self, id: &LaunchId, line: usize) -> Result<(), usize> {
        if let Some(other) = self.taken.get(id) {
            return Err(*other);
        }
        self.taken.insert(id.clone(), line);
        Ok(())
    }

    /// The id of the launch of this name: the name itself where an id can hold it, else what it can hold and a digest.
    pub(super) fn of(&mut self, name: &str, line: usize) -> Result<LaunchId, Wrong> {
        let room = LONGEST - self.batch.as_str().len() - SEPARATOR.len();
        let slug = slug(name);
        let digests = (0..).map(|salt| {
            let cut = slug
                .get(..room - DIGEST - 1)
                .unwrap_or(&slug)
                .trim_end_matches('-');
            format!("{cut}-{:08x}", digest(name, salt))
                .trim_start_matches('-')
                .to_owned()
        });
        let whole =
            Some(name.to_owned()).filter(|name| *name == slug && name.len() <= room && !is_attempt(name));
        for end in whole.into_iter().chain(digests.take(100)) {
            let id = LaunchId::parse(&format!("{}{SEPARATOR}{end}", self.batch))
                .map_err(|error| Wrong::new(error.to_string()))?;
            if self.take(&id, line).is_ok() {
                return Ok(id);
            }
        }
        Err(Wrong::new("no id could be made of it: give `id`"))
    }
}

/// A name in the letters of an id, without `-` at its ends or twice in a row.
fn slug(name: &str) -> String {
    let mut slug = String::with_capacity(name.len());
    for c in name.chars().map(|c| c.to_ascii_lowercase()) {
        if c.is_ascii_lowercase() || c.is_ascii_digit() {
            slug.push(c);
        } else if !slug.ends_with('-') && !slug.is_empty() {
            slug.push('-');
        }
    }
    slug.trim_end_matches('-').to_owned()
}

/// FNV-1a, mixed: names that differ in their last letter differ in every digit.
fn digest(name: &str, salt: u64) -> u64 {
    let fnv = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    mixed(name.bytes().fold(0xcbf2_9ce4_8422_2325 ^ salt, fnv)) & 0xffff_ffff
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;

    fn batch() -> BatchId {
        batch_id(Seed {
            now: "2026-11-24T13:10:22.5Z".parse().unwrap(),
            entropy: 7,
        })
        .unwrap()
    }

    #[test]
    fn a_batch_s_id_says_when_and_sorts() {
        let id = batch();
        assert!(id.as_str().starts_with("b-20261124-1310-"), "{id}");
        assert_eq!(id.as_str().len(), 24);
    }

    #[test]
    fn a_launch_s_id_is_its_name_where_an_id_can_hold_it() {
        let batch = BatchId::parse("nightly").unwrap();
        let mut ids = Ids::new(&batch);
        for (name, wanted, digits) in [
            ("train-1e-4-1", "nightly--train-1e-4-1", 0),
            ("Train lr=0.1", "nightly--train-lr-0-1-", DIGEST),
            ("train.lr=0.1", "nightly--train-lr-0-1-", DIGEST),
            ("a--b", "nightly--a-b-", DIGEST),
            ("ünï", "nightly--n-", DIGEST),
            ("…", "nightly--", DIGEST),
            ("x-r2", "nightly--x-r2-", DIGEST),
        ] {
            let id = ids.of(name, 1).unwrap();
            assert!(id.as_str().starts_with(wanted), "{id}");
            assert_eq!(id.as_str().len(), wanted.len() + digits, "{id}");
        }
    }

    #[test]
    fn a_given_id_leaves_room_for_attempts_and_is_not_one() {
        assert!(given("nightly-1").is_ok());
        assert!(given(&"a".repeat(60)).is_ok());
        for bad in ["", "A", "a_b", "a-r2", "x-r10", &"a".repeat(61)] {
            assert!(given(bad).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn ids_are_valid_distinct_and_the_same_for_the_same_names(names in prop::collection::hash_set(".{1,128}|[a-z-]{1,40}", 1..40)) {
            let batch = batch();
            let make = || -> Vec<LaunchId> {
                let mut ids = Ids::new(&batch);
                names.iter().map(|name| ids.of(name, 1).unwrap()).collect()
            };
            let ids = make();
            prop_assert_eq!(&ids, &make());
            prop_assert_eq!(ids.iter().collect::<HashSet<_>>().len(), names.len());
            for id in ids {
                prop_assert!(id.as_str().len() <= LONGEST);
                prop_assert!(id.as_str().starts_with(batch.as_str()));
                let attempt = format!("{id}-r2");
                prop_assert!(LaunchId::parse(&attempt).is_ok());
                prop_assert!(!is_attempt(id.as_str()));
            }
        }
    }
}
