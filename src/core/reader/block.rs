//! Blocks: lines that have to be read together.
//!
//! Which line decides does not depend on how the lines were cut into entries, nor much on their order: candidates are ranked
//! by what they know and by when they were printed, not by when they arrived.

use std::sync::{Arc, LazyLock};

use jiff::Timestamp;
use memchr::memmem::Finder;

use super::told::{Told, Within};
use crate::core::finding::{Finding, Label};
use crate::core::pattern::{Form, Hit, Level, Line, Place, one_line};

/// Category of a job that was given up for a cause that something would otherwise have retried.
const SUBMIT_FAILED: &str = "submit-failed";
/// What a traceback's header says.
pub(super) const TRACEBACK: &str = "Traceback (most recent call last)";
static HEADER: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(TRACEBACK));
/// What stands between the tracebacks of a chain.
const CHAIN: [&str; 2] = [
    "During handling of the above exception",
    "The above exception was the direct cause",
];
/// How lines begin that carry on a message without being indented: click's error after W&B's pointer to the logs, the
/// status that the Vertex SDK prints after `Job failed with:`, a proto's closing bracket.
const CARRY_ON: [&str; 11] = [
    "Error: ",
    "code: ",
    "message: ",
    "details: ",
    "details {",
    "status = ",
    "}",
    ")",
    "]",
    ", ",
    "Reason: ",
];

/// What stands between the first line of a commit and its message, in `git log`.
const COMMIT_HEADERS: [&str; 6] = [
    "Author: ",
    "AuthorDate: ",
    "Commit: ",
    "CommitDate: ",
    "Date: ",
    "Merge: ",
];

/// What a program prints after its own cause, which says no more than that there was one.
const CONSEQUENCE: &str = "fatal: Could not read from remote repository";

/// Lines that one call prints are this close, however slow the container; what a process prints next rarely is.
const ADJACENT_MS: i64 = 100;
/// Longest summary made from an exception's own words, in characters.
const MAX_SUMMARY: usize = 200;
/// Longest line kept, in characters.
const MAX_LINE: usize = 500;

/// What kind of block it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Opened by a give-up marker: fatal; what follows names the cause.
    GaveUp,
    /// A traceback that nobody announced: its last exception decides.
    Bare,
    /// Belongs to a line that has spoken for it.
    Covered,
}

/// How far a block's traceback has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// There is none (yet).
    Plain,
    /// Among the frames.
    Frames,
    /// The exception was named.
    Named,
    /// Between two tracebacks of a chain.
    Chained,
}

/// What a line is to an open block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// Part of it that says nothing: a frame, a blank.
    Filler,
    /// Names the exception.
    Exception,
    /// Carries on what was said.
    More,
    /// No part of it; it stays open.
    Foreign,
    /// No part of it, and shows that it is over.
    Next,
}

/// How much a candidate knows: specific before vague, a later exception of the chain before an earlier one, then by the
/// pattern's own priority.
type Rank = (bool, u32, u8);

/// An open block.
#[derive(Clone, Debug)]
pub(super) struct Block {
    kind: Kind,
    opened: Timestamp,
    last: Timestamp,
    by_wandb: bool,
    form: Form,
    level: Option<Level>,
    stage: Stage,
    chain: u32,
    /// How far its traceback is indented, header and exception: by whoever shows it.
    indent: usize,
    /// Covered only because a line of information stood before it: the first frames of its tracebacks tell.
    doubted: bool,
    /// Whether the next frame is the first of its traceback.
    first: bool,
    opener: Told,
    best: Option<(Rank, Told)>,
    told: Option<(Arc<str>, String)>,
}

impl Block {
    /// Opens a block at a line; `opener` is what the line says alone.
    pub(super) fn open(kind: Kind, line: &Line<'_>, opener: Told) -> Self {
        let traced = HEADER.find(line.message().as_bytes()).is_some();
        Self {
            kind,
            opened: opener.opened,
            last: opener.opened,
            by_wandb: line.by_wandb,
            form: line.form,
            level: line.level,
            stage: if traced { Stage::Frames } else { Stage::Plain },
            chain: 0,
            indent: line.indent(),
            doubted: false,
            first: true,
            opener: Told {
                within: within(kind),
                ..opener
            },
            best: None,
            told: None,
        }
    }

    /// What kind it is.
    pub(super) fn kind(&self) -> Kind {
        self.kind
    }

    /// What a line printed at `at` is to it. Lines from before its opening are no part of it, and a late one never ends it.
    pub(super) fn role(&self, line: &Line<'_>, at: Timestamp) -> Role {
        if at < self.opened {
            return Role::Foreign;
        }
        let role = self.role_in_order(line, at);
        if role == Role::Next && at <= self.last {
            Role::Foreign
        } else {
            role
        }
    }

    fn role_in_order(&self, line: &Line<'_>, at: Timestamp) -> Role {
        let ours = self.is_ours(line);
        let message = line.message();
        if line.is_blank() {
            return Role::Filler;
        }
        if line.by_agent || line.by_logger {
            return Role::Next;
        }
        if ours && is_chain(message) {
            return Role::Filler;
        }
        if ours && is_header(message) {
            return self.role_of_header(at);
        }
        match self.stage {
            Stage::Frames | Stage::Chained if !ours => Role::Foreign,
            Stage::Chained => Role::Filler,
            Stage::Frames if line.indent() > self.indent => Role::Filler,
            Stage::Frames => Role::Exception,
            Stage::Plain | Stage::Named => self.role_after(line, ours),
        }
    }

    fn role_after(&self, line: &Line<'_>, ours: bool) -> Role {
        let carries_on = CARRY_ON.iter().any(|start| line.message().starts_with(start));
        let prefixed = ours && self.by_wandb && self.kind == Kind::GaveUp;
        let mut following = COMMIT_HEADERS.iter().chain([&CONSEQUENCE]);
        let follows = self.kind == Kind::Covered && following.any(|start| line.message().starts_with(start));
        if ours && (line.is_indented() || follows) || prefixed || (carries_on && self.kind == Kind::GaveUp) {
            return Role::More;
        }
        Role::Next
    }

    fn is_ours(&self, line: &Line<'_>) -> bool {
        let printed_alike = (line.by_wandb, line.form) == (self.by_wandb, self.form);
        printed_alike && (!self.by_wandb || line.level == self.level)
    }

    /// A covered message has the traceback printed with it, and no other.
    fn role_of_header(&self, at: Timestamp) -> Role {
        let own = match (self.kind, self.stage) {
            (Kind::GaveUp, _) | (_, Stage::Chained | Stage::Frames) => true,
            (Kind::Covered, Stage::Plain) => is_adjacent(self.last, at),
            (Kind::Covered | Kind::Bare, _) => false,
        };
        if own { Role::Filler } else { Role::Next }
    }

    /// Only a line of information stood before the traceback: it was probably caught and logged.
    pub(super) fn doubt(&mut self) {
        self.doubted = true;
    }

    /// What Python prints of an uncaught exception begins at the module; a caught one begins where it was caught.
    fn see_frame(&mut self, message: &str) {
        if self.doubted && self.first && message.trim_start().starts_with("File \"") {
            self.first = false;
            if message.ends_with(", in <module>") || message.ends_with(", in _run_module_as_main") {
                self.kind = Kind::Bare;
                self.opener.within = within(Kind::Bare);
            }
        }
    }

    /// Moves on past a line that is part of it.
    pub(super) fn advance(&mut self, role: Role, line: &Line<'_>, at: Timestamp) {
        self.last = self.last.max(at);
        let message = line.message();
        self.see_frame(message);
        if role == Role::Exception {
            self.stage = Stage::Named;
        } else if is_chain(message) {
            self.stage = Stage::Chained;
        } else if is_header(message) {
            self.chain += u32::from(self.stage != Stage::Plain);
            self.indent = line.indent();
            self.first = true;
            self.stage = Stage::Frames;
        }
    }

    /// Hears what one of its lines says: `hit` if a pattern knows it, else the bare message of an exception.
    pub(super) fn hear(&mut self, role: Role, hit: Option<&Hit>, line: &Line<'_>, at: Timestamp) {
        let hit = hit.filter(|hit| !hit.pattern.vague);
        let said = match hit {
            Some(hit) => self.candidate(hit),
            None if role == Role::Exception => Some(self.unknown(line)),
            None => None,
        };
        let Some((rank, finding)) = said else { return };
        if self.best.as_ref().is_none_or(|(best, _)| rank > *best) {
            let told = Told {
                finding,
                within: within(self.kind),
                opened: self.opened,
                decided: at,
                captures: hit.map_or_else(Vec::new, |hit| hit.captures().to_vec()),
            };
            self.best = Some((rank, told));
        }
    }

    /// A line that a pattern knows, as the cause of this block.
    fn candidate(&self, hit: &Hit) -> Option<(Rank, Finding)> {
        let pattern = &hit.pattern;
        let mut finding = hit.finding(self.place());
        if self.kind == Kind::GaveUp {
            match pattern.label {
                Label::Fatal => {}
                Label::Transient => {
                    let category = pattern.given_up.clone();
                    finding.category = category.unwrap_or_else(|| SUBMIT_FAILED.into());
                }
                Label::Benign | Label::Success | Label::Progress | Label::Info => return None,
            }
            finding.label = Label::Fatal;
            finding.scope = self.opener.finding.scope;
        }
        Some(((true, self.chain, pattern.priority), finding))
    }

    /// An exception that no pattern knows: the block's own words and the exception's.
    fn unknown(&self, line: &Line<'_>) -> (Rank, Finding) {
        let message = line.message().trim();
        let mut finding = self.opener.finding.clone();
        finding.summary = one_line(&format!("{}: {message}", finding.summary), MAX_SUMMARY);
        finding.line = one_line(line.raw, MAX_LINE);
        ((false, self.chain, 0), finding)
    }

    fn place(&self) -> Place {
        Place {
            task: self.opener.finding.task,
            attempt: self.opener.finding.attempt,
            at: self.opened,
        }
    }

    /// Whether what it knows by now is as good as it gets: a specific cause of a job that was given up.
    pub(super) fn is_sure(&self) -> bool {
        self.kind == Kind::GaveUp && self.best.as_ref().is_some_and(|(rank, _)| rank.0)
    }

    /// Reports the block as it stands, unless it was reported so before.
    pub(super) fn tell(&mut self, all: &mut Vec<Told>) {
        let told = match (self.kind, &self.best) {
            (Kind::Covered, _) | (Kind::Bare, None) => return,
            (_, Some((_, told))) => told,
            (Kind::GaveUp, None) => &self.opener,
        };
        let telling = (told.finding.pattern.clone(), told.finding.summary.clone());
        if self.told.as_ref() != Some(&telling) {
            all.push(told.clone());
            self.told = Some(telling);
        }
    }
}

fn within(kind: Kind) -> Within {
    match kind {
        Kind::GaveUp => Within::GiveUp,
        Kind::Bare | Kind::Covered => Within::Traceback,
    }
}

fn is_chain(message: &str) -> bool {
    CHAIN.iter().any(|start| message.starts_with(start))
}

fn is_header(message: &str) -> bool {
    message.trim_start().starts_with(TRACEBACK)
}

/// Whether two lines were printed by one call, as far as their times tell.
pub(super) fn is_adjacent(first: Timestamp, second: Timestamp) -> bool {
    second.duration_since(first).as_millis() <= i128::from(ADJACENT_MS)
}
