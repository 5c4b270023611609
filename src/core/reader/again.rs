//! Lines that are printed again word by word: an agent that waits says so every ten seconds, for hours.
//!
//! Owned by a [`TextReader`](super::TextReader), which reads a line anew unless all that it says and changes is here. A line
//! is remembered when it comes for the second time: most that mean something never do, with their times and numbers.

use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};

use jiff::Timestamp;

use super::told::{Told, Within};
use crate::core::finding::Label;
use crate::core::pattern::Level;

/// So many places; a line has one of them.
const PLACES: usize = 64;
/// Longest line that is remembered, in bytes.
const LONGEST: usize = 512;

/// What lines said that came twice.
#[derive(Clone, Debug)]
pub(super) struct Again {
    places: Box<[Place]>,
}

#[derive(Clone, Debug, Default)]
struct Place {
    /// The hash of the line that came last.
    hash: u64,
    said: Option<Box<Said>>,
}

/// What a line says by itself, and how bad.
#[derive(Clone, Debug)]
pub(super) struct Said {
    told: Told,
    pub(super) level: Level,
}

impl Default for Again {
    fn default() -> Self {
        Self {
            places: vec![Place::default(); PLACES].into(),
        }
    }
}

impl Again {
    /// What this line said.
    pub(super) fn said(&self, line: &str) -> Option<&Said> {
        let place = (line.len() <= LONGEST).then(|| place(hash(line)))?;
        let said = self.places[place].said.as_deref()?;
        (said.told.finding.line == line).then_some(said)
    }

    /// Remembers what a line said, and no other: it was read while nothing was open, and opened nothing.
    pub(super) fn keep(&mut self, line: &str, told: &Told, level: Level) {
        let alone = told.within == Within::Alone && told.finding.line == line;
        // Whether a fatal line counts depends on what was printed before, and so may what a command's trace says.
        if !alone || line.len() > LONGEST || told.finding.label == Label::Fatal || line.contains('+') {
            return;
        }
        let hash = hash(line);
        let place = &mut self.places[place(hash)];
        if place.hash == hash {
            let told = told.clone();
            place.said = Some(Box::new(Said { told, level }));
        }
        place.hash = hash;
    }
}

impl Said {
    /// The same, printed then.
    pub(super) fn at(&self, at: Timestamp) -> Told {
        let mut told = self.told.clone();
        (told.finding.at, told.opened, told.decided) = (at, at, at);
        told
    }
}

fn hash(line: &str) -> u64 {
    BuildHasherDefault::<DefaultHasher>::default().hash_one(line)
}

fn place(hash: u64) -> usize {
    usize::try_from(hash).unwrap_or_default() % PLACES
}
