//! For a person: the label before each line, and at the end what it comes to.

use std::io::{self, Write};

use super::{Explanation, Row, Rows, Whole};
use crate::core::finding::Label;
use crate::core::pattern::PatternSet;
use crate::core::reader::{TextReader, Told};
use crate::core::text::{safe_line, shown_line};
use crate::report::style::{Role, Style};

/// Stands before the line that decides.
const MARK: &str = "▶";
/// Where what is said of a line begins: below its text.
const INDENT: &str = "                    ";

/// Writes lines for a person.
#[derive(Debug)]
pub struct HumanRows<'p, W> {
    out: W,
    style: Style,
    explain: Option<&'p PatternSet>,
    /// Whether any line was shown.
    begun: bool,
}

impl<'p, W: Write> HumanRows<'p, W> {
    /// Onto this writer; with `explain`, also which of these patterns decided and why.
    pub fn new(out: W, style: Style, explain: Option<&'p PatternSet>) -> Self {
        Self {
            out,
            style,
            explain,
            begun: false,
        }
    }

    fn explained(&mut self, told: &Told) -> io::Result<()> {
        let Some(patterns) = self.explain else {
            return Ok(());
        };
        for sentence in Explanation::of(patterns, told).sentences() {
            let sentence = self.style.paint(Role::Dim, &sentence);
            writeln!(self.out, "{INDENT}└ {sentence}")?;
        }
        Ok(())
    }
}

impl<W: Write> Rows for HumanRows<'_, W> {
    fn row(&mut self, row: &Row<'_>) -> io::Result<()> {
        self.begun = true;
        let mark = if row.decides { MARK } else { " " };
        let (label, text) = (row.label.as_str(), shown_line(row.text));
        if self.style.color {
            let label = self.style.paint(role(row.label), &format!("{label:<10}"));
            writeln!(self.out, "{mark}{:>7} {label} {text}", row.number)?;
        } else {
            writeln!(self.out, "{mark}{:>7} {label:<10} {text}", row.number)?;
        }
        row.told.map_or(Ok(()), |told| self.explained(told))
    }

    fn whole(&mut self, whole: &Whole<'_>) -> io::Result<()> {
        let counted = whole.counts.iter().filter(|(_, count)| *count > 0);
        let counts: Vec<String> = counted
            .map(|(label, count)| format!("{count} {}", label.as_str()))
            .collect();
        let counts = if counts.is_empty() {
            "none that a pattern speaks for".to_owned()
        } else {
            counts.join(", ")
        };
        let lines = if whole.lines == 1 { "line" } else { "lines" };
        if self.begun {
            writeln!(self.out)?;
        }
        writeln!(self.out, "{} {lines}: {counts}", whole.lines)?;
        let Some(told) = whole.deciding else { return Ok(()) };
        let finding = &told.finding;
        let what = format!("{}, {}", finding.label.as_str(), finding.category);
        let number = TextReader::number_at(told.decided);
        writeln!(
            self.out,
            "{MARK} Line {number} decides: {}",
            self.style.paint(role(finding.label), &what)
        )?;
        writeln!(self.out, "  {}", safe_line(&finding.summary))?;
        if let Some(hint) = finding.hint.as_ref().filter(|hint| !hint.is_empty()) {
            writeln!(self.out, "  Hint: {}", safe_line(hint))?;
        }
        if let Some(doc) = &finding.doc {
            writeln!(self.out, "  See: {}", safe_line(doc))?;
        }
        writeln!(
            self.out,
            "  {}",
            self.style.paint(Role::Dim, &shown_line(&finding.line))
        )
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

fn role(label: Label) -> Role {
    match label {
        Label::Fatal => Role::Bad,
        Label::Transient => Role::Warning,
        Label::Success => Role::Good,
        Label::Progress => Role::Heading,
        Label::Benign | Label::Info => Role::Dim,
    }
}
