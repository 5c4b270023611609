//! Findings that a later line may take back: pip's errors, where the script around pip goes on without the package; a status,
//! where the details or the body below it name the cause; what a traced script lets fail; what a step of a build prints that succeeds.

use super::shell::{Then, Traced};
use super::step;
use super::told::Told;
use crate::core::finding::Label;
use crate::core::pattern::{Hit, Line};

/// Lines that such a finding is held back for, in sixteenths: pip's own advice stands between its error and the script's word.
const MAX_LINES: u32 = 12 * LINE;
/// A line.
const LINE: u32 = 16;
/// An indented one: output of a subprocess that pip shows again.
const INDENTED: u32 = 1;

/// What says more than a status: gRPC's details, the message in the body of an answer.
const DETAILS: [&str; 2] = ["details = ", "\"message\": "];
/// What says that something is not there: the answer to a command that asked.
const ABSENT: [&str; 5] = ["not found", "NOT_FOUND", "does not exist", "n't exist", "o such "];

/// Findings held back until the line that decides about them, or until nothing decided.
#[derive(Clone, Debug)]
pub(super) struct Held {
    hit: Hit,
    /// The command of a traced script whose output they are.
    traced: Option<Traced>,
    told: Vec<Told>,
    /// Since then, in sixteenths.
    lines: u32,
}

impl Held {
    /// Holds the first finding back.
    pub(super) fn new(hit: Hit, traced: Option<Traced>, told: Told) -> Self {
        Self {
            hit,
            traced,
            told: vec![told],
            lines: 0,
        }
    }

    /// Holds one more of the same kind back.
    pub(super) fn add(&mut self, told: Told) {
        self.told.push(told);
    }

    /// Whether a line takes them back, or says itself, as `hit`, what they only hinted at.
    pub(super) fn is_taken_back(&self, line: &Line<'_>, hit: Option<&Hit>) -> bool {
        let status = self.hit.pattern.label;
        let says_more = hit.is_some_and(|hit| match hit.pattern.label {
            Label::Fatal => true,
            Label::Transient => status != Label::Transient,
            Label::Benign | Label::Success | Label::Progress | Label::Info => false,
        });
        let tolerated = match self.traced.and_then(|traced| traced.then(line)) {
            Some(Then::Tolerated) => true,
            Some(Then::Answered) => {
                let says = |word| self.hit.message().contains(word) || self.hit.line().contains(word);
                ABSENT.iter().any(|word| says(*word))
            }
            Some(Then::Unknown) | None => false,
        };
        let message = line.message().trim_start();
        let details = DETAILS.iter().any(|start| message.starts_with(start));
        let done = step::of_output(self.hit.line()).is_some_and(|step| step::is_done(step, line.raw));
        done || self.hit.is_taken_back(line)
            || tolerated
            || (says_more && details && self.hit.is_explained_below())
    }

    /// Counts a line that does not; false once none is expected any more.
    pub(super) fn waits_on(&mut self, line: &Line<'_>) -> bool {
        self.lines += if line.is_indented() { INDENTED } else { LINE };
        let next_command = self.traced.is_some_and(|traced| traced.then(line).is_some());
        let most = match &self.hit {
            hit if hit.is_bare_status() => 0,
            hit if hit.is_explained_below() => LINE,
            _ => MAX_LINES,
        };
        self.lines < most && !next_command
    }

    /// Nobody took them back.
    pub(super) fn release(self, all: &mut Vec<Told>) {
        all.extend(self.told);
    }
}

#[cfg(test)]
mod tests {
    use crate::core::finding::Label;
    use crate::core::reader::tests::{judged, label};

    #[test]
    fn grpcs_status_gives_way_to_its_details() {
        let status = "\tstatus = StatusCode.INVALID_ARGUMENT";
        let cause = "\tdetails = \"Machine type \"n2-standard-3\" is not supported.\"";
        let machine = Some("machine-type-unsupported".to_owned());
        let invalid = Some("invalid-argument".to_owned());
        assert_eq!(judged(&[status, cause]).1, machine);
        assert_eq!(judged(&[status, "\tdetails = \"nobody knows\"", ">"]).1, invalid);
        assert_eq!(judged(&[status]).1, invalid);
    }

    #[test]
    fn an_answers_first_line_gives_way_to_the_message_in_its_body() {
        let first = "google.api_core.exceptions.Forbidden: 403 POST https://storage.googleapis.com/upload/storage/v1/b/b/o: {";
        let message = r#"    "message": "run@p.iam.gserviceaccount.com does not have storage.objects.create access to the Google Cloud Storage object.","#;
        let body = [first, r#"  "error": {"#, r#"    "code": 403,"#, message];
        assert_eq!(judged(&body).1.as_deref(), Some("storage-permission-denied"));
        assert_eq!(judged(&body[..3]).1.as_deref(), Some("permission-denied"));
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
