//! The last requests, for people who look at the page: a ring, however long the server runs.

use std::collections::VecDeque;

use jiff::Timestamp;
use serde::Serialize;

/// How many are kept.
const KEPT: usize = 100;
/// Longest path that is kept, in bytes.
const MAX_PATH: usize = 200;

/// One request.
#[derive(Debug, Serialize)]
pub(crate) struct Seen {
    at: Timestamp,
    method: &'static str,
    path: String,
    /// Null where a fault left no whole answer.
    status: Option<u16>,
}

/// The ring. The cloud owns it.
#[derive(Debug, Default)]
pub(crate) struct Recent(VecDeque<Seen>);

impl Recent {
    /// Notes a request that was answered at `at`.
    pub(crate) fn note(&mut self, at: Timestamp, method: &'static str, path: &str, status: Option<u16>) {
        let end = (0..=MAX_PATH.min(path.len()))
            .rev()
            .find(|end| path.is_char_boundary(*end));
        let path = path[..end.unwrap_or(0)].to_owned();
        if self.0.len() == KEPT {
            self.0.pop_front();
        }
        self.0.push_back(Seen {
            at,
            method,
            path,
            status,
        });
    }

    /// The requests that are kept.
    pub(crate) fn newest_first(&self) -> impl Iterator<Item = &Seen> {
        self.0.iter().rev()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_hundred_are_kept_with_short_paths() {
        let mut recent = Recent::default();
        for number in 0..150 {
            recent.note(
                Timestamp::UNIX_EPOCH,
                "m",
                &format!("/{number}/{}", "é".repeat(200)),
                Some(200),
            );
        }
        let newest: Vec<&Seen> = recent.newest_first().collect();
        assert!(
            newest.len() == KEPT && newest[0].path.starts_with("/149/") && newest[0].path.len() <= MAX_PATH
        );
    }
}
