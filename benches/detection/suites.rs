//! What is played: the workloads, not every combination of their dimensions but every value of each.

use std::time::Duration;

use liftoff::harness::{Case, Cell, Draw, Lag, Policy, Rival};

/// A cell, and who watches it.
pub(crate) struct Entry {
    pub(crate) name: String,
    pub(crate) cell: Cell,
    pub(crate) policies: Vec<Policy>,
}

/// How much is played.
#[derive(Clone, Copy)]
pub(crate) struct Scale {
    pub(crate) events: usize,
    pub(crate) seed: u64,
}

const REPAIRED: Policy = Policy::Rival(Rival::Repaired);
const POLITE: Policy = Policy::Rival(Rival::Polite);
const OLD: Policy = Policy::Rival(Rival::OldLoop);
const LATER: Policy = Policy::Rival(Rival::LaterLoop);
/// The paths that are looked at in every dimension.
const PATHS: [Case; 3] = [Case::JobActive, Case::ExecutionFailed, Case::LogFatal];

fn entry(suite: &str, cell: Cell, policies: Vec<Policy>) -> Entry {
    let name = format!(
        "{suite} {} rtt={} n={}",
        cell.draw.case.name(),
        cell.rtt.as_millis(),
        cell.launches
    );
    Entry { name, cell, policies }
}

impl Scale {
    fn cell(self, case: Case) -> Cell {
        Cell {
            draw: Draw {
                case,
                lag: Lag::Usual,
                within: Duration::from_secs(75),
                foreign: 0,
                cheer: false,
            },
            rtt: Duration::from_millis(80),
            launches: 1,
            starts: Duration::from_mins(1),
            quotas: true,
            faults: 0.0,
            events: self.events,
            seed: self.seed,
        }
    }

    /// Every way to be decided, one launch, every rival.
    fn ways(self) -> impl Iterator<Item = Entry> {
        let everyone = || {
            std::iter::once(Policy::Liftoff)
                .chain(Rival::ALL.map(Policy::Rival))
                .collect()
        };
        Case::ALL
            .into_iter()
            .map(move |case| entry("ways", self.cell(case), everyone()))
    }

    /// The round-trip times beside the usual 80 ms.
    fn distances(self) -> impl Iterator<Item = Entry> {
        let times = [1, 20, 250].into_iter();
        times.flat_map(move |rtt| {
            PATHS.map(|case| {
                let rtt = Duration::from_millis(rtt);
                entry(
                    "distance",
                    Cell {
                        rtt,
                        ..self.cell(case)
                    },
                    vec![Policy::Liftoff, REPAIRED],
                )
            })
        })
    }

    /// As life is: a wrapper that cheers early, other people's jobs, stragglers in the log, one request in a hundred failing.
    fn life(self) -> impl Iterator<Item = Entry> {
        Case::ALL.into_iter().map(move |case| {
            let mut cell = Cell {
                faults: 0.01,
                ..self.cell(case)
            };
            cell.draw.foreign = 10;
            cell.draw.cheer = true;
            cell.draw.lag = Lag::Stragglers;
            entry("life", cell, vec![Policy::Liftoff, OLD, LATER, REPAIRED])
        })
    }

    /// Several launches in one project under Google's quotas.
    fn crowds(self, sizes: &'static [usize]) -> impl Iterator<Item = Entry> {
        sizes.iter().flat_map(move |&launches| {
            PATHS.map(|case| {
                let cell = Cell {
                    launches,
                    ..self.cell(case)
                };
                entry("crowd", cell, vec![Policy::Liftoff, REPAIRED, POLITE])
            })
        })
    }

    /// The same without quotas, where pollers look best.
    fn unlimited(self) -> impl Iterator<Item = Entry> {
        PATHS.into_iter().map(move |case| {
            let cell = Cell {
                launches: 100,
                quotas: false,
                ..self.cell(case)
            };
            entry("no-quotas", cell, vec![Policy::Liftoff, OLD, REPAIRED])
        })
    }

    /// Requests over the number of launches, each up to five minutes long.
    fn growth(self, sizes: &'static [usize]) -> impl Iterator<Item = Entry> {
        sizes.iter().map(move |&launches| {
            let mut cell = Cell {
                launches,
                events: launches.max(20),
                ..self.cell(Case::JobActive)
            };
            cell.draw.within = Duration::from_mins(5);
            let mut policies = vec![Policy::Liftoff];
            if launches <= 100 {
                policies.extend([REPAIRED, POLITE]); // beyond, both are refused almost everything
            }
            entry("growth", cell, policies)
        })
    }

    /// Everything.
    pub(crate) fn full(self) -> Vec<Entry> {
        self.ways()
            .chain(self.life())
            .chain(self.distances())
            .chain(self.crowds(&[10, 100]))
            .chain(self.unlimited())
            .chain(self.growth(&[1, 10, 100, 1000]))
            .collect()
    }

    /// What a gate can afford.
    pub(crate) fn short(self) -> Vec<Entry> {
        let pair = |mut entry: Entry| {
            entry.policies = vec![Policy::Liftoff, REPAIRED];
            entry
        };
        let few = Self {
            events: self.events / 2,
            ..self
        };
        self.ways()
            .chain(few.life())
            .map(pair)
            .chain(few.crowds(&[10]).map(pair))
            .collect()
    }
}
