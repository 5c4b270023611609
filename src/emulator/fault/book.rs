//! Which faults hit a request, and what they add up to.

use std::collections::HashMap;
use std::time::Duration;

use super::{Fault, FaultKind, Suppression};
use crate::emulator::{chance::Chance, status::Status};

/// What the faults that hit one request add up to.
#[derive(Debug, Default)]
pub(crate) struct Strike {
    /// Answer this instead of executing.
    pub(crate) refusal: Option<Status>,
    /// What happens to the connection.
    pub(crate) wire: Option<Wire>,
    /// Wait before executing.
    pub(crate) delay: Duration,
    /// Hide what is younger from lists.
    pub(crate) list_lag: Duration,
    /// Answer a list with an empty page and a token.
    pub(crate) empty_page: bool,
    /// Hold a long poll no longer than this.
    pub(crate) longest_hold: Option<Duration>,
    /// Leave the entries of a tail's response out, and give this reason.
    pub(crate) suppressed: Option<Suppression>,
}

/// What happens to a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wire {
    /// Cut before anything is executed.
    Reset,
    /// Cut instead of the answer.
    LostResponse,
    /// Cut in the middle of the body.
    Truncate,
    /// No answer ever.
    Hang,
    /// A byte at a time.
    SlowBody(Duration),
    /// A web page instead of the answer.
    Html,
}

impl Strike {
    fn add(&mut self, fault: &Fault) {
        let by = fault.by.map_or(Duration::ZERO, |by| by.0);
        match fault.kind {
            FaultKind::Status => self.refusal = Some(fault.refusal()),
            FaultKind::Reset => self.wire = Some(Wire::Reset),
            FaultKind::LostResponse => self.wire = Some(Wire::LostResponse),
            FaultKind::Truncate => self.wire = Some(Wire::Truncate),
            FaultKind::Hang => self.wire = Some(Wire::Hang),
            FaultKind::SlowBody => self.wire = Some(Wire::SlowBody(by)),
            FaultKind::Html => self.wire = Some(Wire::Html),
            FaultKind::Delay => self.delay += by,
            FaultKind::ListLag => self.list_lag = self.list_lag.max(by),
            FaultKind::EmptyPage => self.empty_page = true,
            FaultKind::ShortWait => {
                self.longest_hold = Some(self.longest_hold.map_or(by, |hold| hold.min(by)));
            }
            FaultKind::Suppress => self.suppressed = Some(fault.suppression()),
            FaultKind::RevokeTokens => {} // acts through `auth`, not on single requests
        }
    }
}

/// Counts what each fault has hit. The cloud owns it.
#[derive(Debug)]
pub(crate) struct FaultBook {
    chance: Chance,
    hits: HashMap<(String, usize), u32>,
}

impl FaultBook {
    /// A book without a hit; `seed` decides the rolls of faults with a probability.
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            chance: Chance::seeded(seed ^ 0xfa01),
            hits: HashMap::new(),
        }
    }

    /// Lets those faults of one owner (`scope`: an execution, a launch, or the server) hit that act now.
    pub(crate) fn strike(
        &mut self,
        strike: &mut Strike,
        scope: &str,
        faults: &[Fault],
        acts: impl Fn(&Fault) -> bool,
    ) {
        for (index, fault) in faults.iter().enumerate() {
            if acts(fault) && self.draws(scope, index, fault) {
                strike.add(fault);
            }
        }
    }

    fn draws(&mut self, scope: &str, index: usize, fault: &Fault) -> bool {
        if fault.probability < 1.0 && self.chance.fraction() >= fault.probability {
            return false;
        }
        let Some(count) = fault.count else { return true };
        let hits = self.hits.entry((scope.to_owned(), index)).or_default();
        *hits += 1;
        *hits <= count
    }
}

#[cfg(test)]
mod tests {
    use super::super::ErrorBody;
    use super::*;

    fn hits(fault: &Fault, requests: u32) -> usize {
        let mut book = FaultBook::new(1);
        (0..requests)
            .filter(|second| {
                let mut strike = Strike::default();
                let at = Duration::from_secs(u64::from(*second));
                book.strike(&mut strike, "x", std::slice::from_ref(fault), |fault| {
                    fault.names("run.jobs.get") && fault.open_at(at)
                });
                strike.refusal.is_some()
            })
            .count()
    }

    #[test]
    fn a_fault_hits_by_method_window_count_and_probability() {
        let fault = |method| Fault::status(method, 503, ErrorBody::Google);
        assert_eq!(hits(&fault("run.jobs.get"), 10), 10);
        assert_eq!(hits(&fault("run.*"), 10), 10);
        assert_eq!(hits(&fault("run.jobs"), 10), 0);
        assert_eq!(hits(&fault("*").times(3), 10), 3);
        assert_eq!(
            hits(
                &fault("*").during(Duration::from_secs(2), Duration::from_secs(5)),
                10
            ),
            3
        );
        let some = hits(&fault("*").with_probability(0.3), 1000);
        assert!((200..400).contains(&some), "{some}");
    }

    #[test]
    fn a_refusal_carries_the_hint_that_was_asked_for() {
        let wait = Duration::from_secs(7);
        let refusal = |body| Fault::status("*", 429, body).by(wait).refusal();
        assert_eq!(
            refusal(ErrorBody::RetryAfter).headers,
            vec![("retry-after", "7".to_owned())]
        );
        assert_eq!(
            refusal(ErrorBody::RetryInfo).body["error"]["details"][0]["retryDelay"],
            "7s"
        );
        assert!(refusal(ErrorBody::Bare).body.is_null());
        assert_eq!(
            refusal(ErrorBody::Google).body["error"]["status"],
            "RESOURCE_EXHAUSTED"
        );
    }
}
