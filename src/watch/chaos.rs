//! Watchers that fail on purpose.
//!
//! Supervision that is never exercised is a hope. `rehearse --break log=panic` and the tests make a watcher fail in the
//! ways that real ones do; the launch has to end right all the same.

use std::str::FromStr;

use thiserror::Error;

use crate::core::source::Source;

/// How a watcher fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failing {
    /// It panics at every delivery, also after each restart.
    Panic,
    /// It panics at its first delivery only; its successor is well.
    PanicOnce,
    /// It reads its mailbox no more.
    Hang,
}

/// Which watchers fail, and how. The default is none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chaos(Vec<(Source, Failing)>);

/// Why a text is no chaos.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("`{0}` is not SOURCE=HOW: SOURCE is log, execution or vertex; HOW is panic, panic-once or hang")]
pub struct InvalidChaos(String);

impl Chaos {
    /// Adds one.
    #[must_use]
    pub fn and(mut self, source: Source, how: Failing) -> Self {
        self.0.push((source, how));
        self
    }

    /// How the watcher of this source fails in its `restarts`-th life.
    pub fn of(&self, source: Source, restarts: u32) -> Option<Failing> {
        let (_, how) = self.0.iter().find(|(which, _)| *which == source)?;
        (*how != Failing::PanicOnce || restarts == 0).then_some(*how)
    }
}

impl FromStr for Chaos {
    type Err = InvalidChaos;

    fn from_str(text: &str) -> Result<Self, InvalidChaos> {
        let one = |part: &str| {
            let (source, how) = part.split_once('=').unwrap_or((part, "panic"));
            let source = Source::ALL
                .into_iter()
                .find(|known| format!("{known:?}").eq_ignore_ascii_case(source))?;
            let how = match how {
                "panic" => Failing::Panic,
                "panic-once" => Failing::PanicOnce,
                "hang" => Failing::Hang,
                _ => return None,
            };
            Some((source, how))
        };
        let all: Option<Vec<_>> = text.split(',').map(one).collect();
        all.map(Self).ok_or_else(|| InvalidChaos(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chaos_is_written_as_source_and_way() {
        let chaos: Chaos = "log=panic-once,vertex=hang".parse().unwrap();
        assert_eq!(chaos.of(Source::Log, 0), Some(Failing::PanicOnce));
        assert_eq!(chaos.of(Source::Log, 1), None);
        assert_eq!(chaos.of(Source::Vertex, 5), Some(Failing::Hang));
        assert_eq!(chaos.of(Source::Execution, 0), None);
        assert!("log=melt".parse::<Chaos>().is_err());
        assert!("logs".parse::<Chaos>().is_err());
    }
}
