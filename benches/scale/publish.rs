//! What is kept of a run: `target/bench/scale.json`, and the README's part between two markers.

use std::error::Error;
use std::fmt::Write as _;
use std::fs;

use serde::Serialize;

use crate::batch::Batch;
use crate::binary::Binary;
use crate::check::Check;
use crate::party::Size;
use crate::{figure, readme};

/// Everything that was measured.
#[derive(Serialize)]
pub(crate) struct Results {
    /// Of the machine.
    pub(crate) cores: usize,
    pub(crate) binary: Binary,
    pub(crate) checks: Vec<Check>,
    pub(crate) sizes: Vec<Size>,
    pub(crate) batch: Batch,
}

impl Results {
    /// Launches that were judged wrongly, too early or not at all.
    pub(crate) fn bad(&self) -> usize {
        let sizes = self.sizes.iter().map(|size| size.verdicts.amiss.bad());
        let checks = self.checks.iter().map(Check::bad);
        sizes.chain(checks).sum::<usize>() + self.batch.verdicts.amiss.bad()
    }

    pub(crate) fn publish(&self) -> Result<(), Box<dyn Error>> {
        let folder = readme::root().join("benches/figures");
        fs::create_dir_all(&folder)?;
        figure::memory(&self.sizes, &folder.join("memory.svg"))?;
        readme::replace("README.md", "scale", &self.block())?;
        Ok(())
    }

    fn block(&self) -> String {
        let mut text = String::new();
        let _ = writeln!(
            text,
            "On the real clock, the built-in cloud in another process on the same two cores, 80 ms round trip, HTTP/2:\n"
        );
        for line in self.binary.to_string().lines() {
            let _ = writeln!(text, "- {line}");
        }
        for check in &self.checks {
            let _ = writeln!(text, "- {check}");
        }
        let _ = writeln!(text, "- {}", self.batch);
        self.table(&mut text);
        text.push_str("\n![memory](benches/figures/memory.svg)\n\n");
        text
    }

    fn table(&self, text: &mut String) {
        let _ = writeln!(
            text,
            "\n| launches at once | decided within s | wrong, early or missed | p50 / p99 s | memory MB, of which the program | KiB a \
             launch | KiB for each more than in the row above | processor ms a launch | files |\n\
             |---|---|---|---|---|---|---|---|---|"
        );
        let mut smaller: Option<&Size> = None;
        for size in &self.sizes {
            let more = smaller.is_none_or(|smaller| smaller.launches < size.launches);
            let _ = writeln!(
                text,
                "| {} | {} | {} | {:.2} / {:.2} | {:.1}, {:.1} | {:.1} | {} | {:.1} | {} |",
                size.launches,
                size.within_s,
                size.verdicts.amiss.bad(),
                size.latency.p50 / 1000.0,
                size.latency.p99 / 1000.0,
                size.cost.peak_kib as f64 / 1024.0,
                size.cost.program_kib as f64 / 1024.0,
                size.kib_per_launch(None),
                if more {
                    format!("{:.1}", size.kib_per_launch(smaller))
                } else {
                    String::new()
                },
                size.cpu_per_launch(),
                size.cost.files
            );
            smaller = Some(size);
        }
    }
}
