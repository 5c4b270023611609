//! What `doctor` looked at: a line each, and what to do about it.

use super::page::Page;
use crate::core::checkup::{Checked, Standing};
use crate::report::style::Role;

/// Columns of a title.
const TITLE: usize = 15;

/// One thing. Titles stand under each other; what to do is never cut, so that it can be copied.
pub(super) fn checked(page: &mut Page, checked: &Checked) {
    let (sign, role) = match checked.standing {
        Standing::Good => ("✓", Role::Good),
        Standing::Warning => ("!", Role::Warning),
        Standing::Failed => ("✗", Role::Bad),
        Standing::Skipped => ("-", Role::Dim),
    };
    let text = format!("{:<TITLE$}{}", checked.check.title(), checked.found);
    page.mark(0, role, sign, &text);
    if let Some(hint) = &checked.hint {
        page.mark(2, Role::Plain, "→", hint);
    }
}

/// After the last of them.
pub(super) fn all_well(page: &mut Page) {
    page.gap();
    page.say(0, Role::Good, "Nothing of this stands in the way of a launch.");
}
