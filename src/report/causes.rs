//! Launches that did not come out well, grouped by cause: what the page at the end and the HTML report tell once.

use crate::core::verdict::{Final, Outcome};

/// The launches that one cause hit.
#[derive(Debug)]
pub(super) struct Cause<'a> {
    /// How they came out.
    pub(super) outcome: Outcome,
    /// The category, if there is one.
    pub(super) category: Option<&'a str>,
    /// The launches, in their order; one at least.
    pub(super) launches: Vec<&'a Final>,
}

impl Cause<'_> {
    /// `failed: quota-exceeded`.
    pub(super) fn title(&self, outcome: &str) -> String {
        match self.category {
            // A category such as `timeout` says no more than the outcome.
            Some(category) if self.outcome == Outcome::Failure => format!("{outcome}: {category}"),
            Some(category) if category != crate::report::words::json(self.outcome) => {
                format!("{outcome}: {category}")
            }
            _ => outcome.to_owned(),
        }
    }

    /// What is said of the first of them.
    pub(super) fn summary(&self) -> &str {
        self.launches.first().map_or("", |launch| &launch.verdict.summary)
    }

    /// Whether the same is said of all of them.
    pub(super) fn is_one_text(&self) -> bool {
        self.launches
            .iter()
            .all(|launch| launch.verdict.summary == self.summary())
    }

    /// What to do next: the first hint.
    pub(super) fn hint(&self) -> Option<&str> {
        self.launches
            .iter()
            .find_map(|launch| launch.verdict.hint.as_deref())
    }
}

/// The causes, those of the most launches first.
pub(super) fn causes(launches: &[Final]) -> Vec<Cause<'_>> {
    let mut causes: Vec<Cause<'_>> = Vec::new();
    for launch in launches {
        let (outcome, category) = (launch.verdict.outcome, launch.verdict.category.as_deref());
        if outcome == Outcome::Success {
            continue;
        }
        let known = causes
            .iter_mut()
            .find(|cause| cause.outcome == outcome && cause.category == category);
        match known {
            Some(cause) => cause.launches.push(launch),
            None => causes.push(Cause {
                outcome,
                category,
                launches: vec![launch],
            }),
        }
    }
    causes.sort_by_key(|cause| usize::MAX - cause.launches.len());
    causes
}
