//! The job that the agent dumps after `Launch agent received job:` (`pprint.pformat`): data up to its closing bracket.

use crate::core::pattern::Line;

/// Longest dump: W&B refuses queue items far smaller than this many lines. A dump whose end was lost ends here.
const MAX_LINES: u32 = 20_000;
/// The key whose value the job later carries as `WANDB_LAUNCH_TRACE_ID`.
const QUEUE_ITEM: &str = "'runQueueItemId': '";

/// A dump that is being read.
#[derive(Clone, Debug)]
pub(super) struct Dump {
    by_wandb: bool,
    depth: u32,
    lines: u32,
}

/// What a line is to an open dump.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Dumped {
    /// Part of it.
    Data,
    /// Part of it, and names the queue item.
    QueueItem(String),
    /// No part of it.
    Foreign,
}

impl Dump {
    /// Opens after a header line.
    pub(super) fn after(header: &Line<'_>) -> Self {
        Self {
            by_wandb: header.by_wandb,
            depth: 0,
            lines: 0,
        }
    }

    /// Takes a line; the second value says whether the dump is over.
    pub(super) fn take(&mut self, line: &Line<'_>) -> (Dumped, bool) {
        let message = line.printed();
        let ours = line.by_wandb == self.by_wandb && !line.by_agent && !line.by_logger;
        let fits = if self.depth == 0 {
            message.starts_with('{')
        } else {
            line.is_indented()
        };
        if !(ours && fits) {
            return (Dumped::Foreign, line.by_agent || line.by_logger);
        }
        let item = (self.depth <= 1).then(|| queue_item(message)).flatten();
        self.depth = depth_after(message, self.depth);
        self.lines += 1;
        let over = self.depth == 0 || self.lines == MAX_LINES;
        (item.map_or(Dumped::Data, Dumped::QueueItem), over)
    }
}

/// The queue item's id, if the line's first key says it; a line of the outermost level has one key.
fn queue_item(message: &str) -> Option<String> {
    let key = message.trim_start_matches(['{', ' ']);
    let (id, _) = key.strip_prefix(QUEUE_ITEM)?.split_once('\'')?;
    (!id.is_empty() && id.len() <= 200).then(|| id.to_owned())
}

/// How many brackets are open after a line; those in strings do not count, and `pprint` never breaks a string's quotes.
fn depth_after(message: &str, mut depth: u32) -> u32 {
    let mut quote = None;
    let mut chars = message.chars();
    while let Some(c) = chars.next() {
        match (quote, c) {
            (Some(_), '\\') => drop(chars.next()),
            (Some(open), c) if open == c => quote = None,
            (None, '\'' | '"') => quote = Some(c),
            (None, '{' | '[' | '(') => depth += 1,
            (None, '}' | ']' | ')') => depth = depth.saturating_sub(1),
            (Some(_) | None, _) => {}
        }
    }
    depth
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dump_ends_at_its_closing_bracket_and_names_its_item() {
        let mut dump = Dump::after(&Line::parse("wandb: launch: Launch agent received job:"));
        let mut take = |text| dump.take(&Line::parse(text));
        assert_eq!(
            take("wandb: {'a': 'it }} has \\' }} brackets',"),
            (Dumped::Data, false)
        );
        assert_eq!(
            take("wandb:  'env': {'runQueueItemId': 'theirs',"),
            (Dumped::Data, false)
        );
        assert_eq!(
            take("wandb:          'runQueueItemId': 'theirs too'},"),
            (Dumped::Data, false)
        );
        assert_eq!(take("Starting something else"), (Dumped::Foreign, false));
        assert_eq!(
            take("wandb:  'runQueueItemId': 'ours',"),
            (Dumped::QueueItem("ours".to_owned()), false)
        );
        assert_eq!(take("wandb:  'z': None}"), (Dumped::Data, true));
    }
}
