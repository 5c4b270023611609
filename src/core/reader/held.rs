//! Findings that a later line may take back: pip's errors, where the script around pip goes on without the package.

use super::told::Told;
use crate::core::pattern::{Hit, Line};

/// Lines that such a finding is held back for: pip's own advice stands between its error and the script's word.
const MAX_LINES: u32 = 12;

/// Findings held back until the line that decides about them, or until nothing decided.
#[derive(Clone, Debug)]
pub(super) struct Held {
    hit: Hit,
    told: Vec<Told>,
    lines: u32,
}

impl Held {
    /// Holds the first finding back.
    pub(super) fn new(hit: Hit, told: Told) -> Self {
        Self {
            hit,
            told: vec![told],
            lines: 0,
        }
    }

    /// Holds one more of the same kind back.
    pub(super) fn add(&mut self, told: Told) {
        self.told.push(told);
    }

    /// Whether a line takes them back.
    pub(super) fn is_taken_back(&self, line: &Line<'_>) -> bool {
        self.hit.is_taken_back(line)
    }

    /// Counts a line that does not; false once none is expected any more.
    pub(super) fn waits_on(&mut self) -> bool {
        self.lines += 1;
        self.lines < MAX_LINES
    }

    /// Nobody took them back.
    pub(super) fn release(self, all: &mut Vec<Told>) {
        all.extend(self.told);
    }
}

#[cfg(test)]
mod tests {
    use crate::core::entry::Severity;
    use crate::core::finding::Label;
    use crate::core::pattern::PatternSet;
    use crate::core::reader::judge_item;

    fn label(lines: &[&str]) -> Label {
        judge_item(&PatternSet::builtin().unwrap(), lines, Severity::Default).0
    }

    #[test]
    fn pips_error_is_taken_back_where_the_bootstrap_goes_on_without_the_package() {
        let failed = [
            "ERROR: Could not find a version that satisfies the requirement pywin32==306 (from versions: none)",
            "ERROR: No matching distribution found for pywin32==306",
        ];
        assert_eq!(label(&failed), Label::Fatal);
        let went_on = "ERROR: Failed to install: pywin32==306. During automated build process.";
        assert_eq!(label(&[failed[0], failed[1], went_on]), Label::Benign);
        let too_late: Vec<&str> = failed
            .into_iter()
            .chain(std::iter::repeat_n("compiling", 20))
            .chain([went_on])
            .collect();
        assert_eq!(label(&too_late), Label::Fatal);
    }
}
