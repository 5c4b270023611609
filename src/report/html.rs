//! `--report`: one HTML page for people, that needs no network, no script and no other file.
//!
//! ```text
//!  Event ─▶ Ledger ─ at the end ─▶ page ─┬ totals    counts and percentiles
//!                                        ├ picture   a time line of all launches (timeline: data, picture: SVG)
//!                                        ├ causes    what failed, grouped, with what to do about it
//!                                        └ launches  a row each, with details as far as the page may grow
//! ```
//!
//! Whatever came from outside passes through [`said`], which takes secrets out, makes controls visible and escapes for
//! HTML; addresses become links only if they are https. Even if a piece of markup slipped through, the page's content
//! security policy allows its own style and script by their hashes, and nothing else: nothing loads and nothing runs.
//!
//! The page is written whole when the summary comes, also after an interruption. To show more of a launch: keep it in
//! the ledger, and give it its lines in `details.rs`.

mod causes;
mod details;
mod launches;
mod page;
mod picture;
mod timeline;
mod totals;

use std::io;
use std::path::Path;

use maud::{Markup, Render, html};

use super::Reporter;
use super::ledger::Ledger;
use super::whole_file::WholeFile;
use crate::core::event::Event;
use crate::core::text::{cut, safe};

/// Bytes that the page may have: what a browser opens at once, and a mail takes as an attachment.
const MOST_BYTES: usize = 4_700_000;

/// Writes the HTML report.
#[derive(Debug)]
pub struct Html {
    file: WholeFile,
    ledger: Ledger,
}

impl Html {
    /// Prepares the file, so that a path that cannot be written is known before anything starts.
    pub fn create(path: &Path) -> io::Result<Self> {
        Ok(Self {
            file: WholeFile::create(path)?,
            ledger: Ledger::default(),
        })
    }
}

impl Reporter for Html {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        let Some(summary) = self.ledger.take(event) else {
            return Ok(());
        };
        let page = page::page(&self.ledger, summary);
        self.file.write(page.into_string().as_bytes())
    }

    fn finish(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Text from outside, at most so many characters of it.
#[derive(Clone, Copy, Debug)]
struct Said<'a>(&'a str, usize);

/// Text from outside.
fn said(text: &str) -> Said<'_> {
    Said(text, usize::MAX)
}

impl Render for Said<'_> {
    fn render_to(&self, page: &mut String) {
        cut(&safe(self.0), self.1).as_ref().render_to(page);
    }
}

/// A link, if it is one that a report may have; else its text.
fn link(label: &str, address: &str) -> Markup {
    let address = safe(address);
    html! {
        @if address.starts_with("https://") {
            a href=(address) rel="noopener noreferrer" target="_blank" { (label) }
        } @else {
            (label) ": " (address)
        }
    }
}

#[cfg(test)]
mod tests;
