//! The log's watcher: reads an execution's lines with the patterns.

use std::rc::Rc;
use std::sync::Arc;

use crate::core::Moment;
use crate::core::entry::LogEntry;
use crate::core::finding::Finding;
use crate::core::pattern::PatternSet;
use crate::core::reader::RunnerReader;
use crate::core::signal::Signal;
use crate::core::source::Source;
use crate::gcp::Gcp;
use crate::hub::Port;
use crate::hub::log::{LogDelivery, LogFeed, LogSubscription};

use super::Watch;

/// Where a tailer's successor resumes: after this entry, with the reader as it was then.
#[derive(Clone, Debug, Default)]
pub struct LogCursor {
    /// The last entry taken.
    pub seq: u64,
    /// The open block, dump or traceback that it was in. Shared with the supervisor until the tailer reads on.
    pub reader: Arc<RunnerReader>,
}

/// Reads the log of one execution.
pub struct LogWatch {
    port: Port<LogFeed>,
    gcp: Gcp,
    patterns: Rc<PatternSet>,
    subscription: LogSubscription,
    cursor: LogCursor,
    /// Tell the lines themselves, too.
    lines: bool,
}

impl std::fmt::Debug for LogWatch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "LogWatch({})", self.subscription.execution.short())
    }
}

impl LogWatch {
    /// A reader that resumes at `cursor`.
    pub fn new(
        port: Port<LogFeed>,
        gcp: Gcp,
        patterns: Rc<PatternSet>,
        subscription: LogSubscription,
        cursor: LogCursor,
        lines: bool,
    ) -> Self {
        let subscription = LogSubscription {
            after: cursor.seq,
            ..subscription
        };
        Self {
            port,
            gcp,
            patterns,
            subscription,
            cursor,
            lines,
        }
    }

    fn now(&self) -> Moment {
        self.gcp.moment()
    }

    /// Reads entries that were not read before.
    fn read(&mut self, mut entries: Vec<(u64, Arc<LogEntry>)>) -> Vec<Signal> {
        entries.retain(|(seq, _)| *seq > self.cursor.seq); // the others were sent again to a successor that had them already
        let Some((last, _)) = entries.last() else {
            return Vec::new();
        };
        self.cursor.seq = *last;
        let reader = Arc::make_mut(&mut self.cursor.reader);
        let mut findings = reader.read(&self.patterns, entries.iter().map(|(_, entry)| &**entry));
        let mut signals = Vec::new();
        if self.lines {
            signals.extend(entries.into_iter().map(|(_, entry)| Signal::Line(entry)));
        }
        if !findings.is_empty() {
            findings.shrink_to_fit(); // mostly one, and a thousand launches may hear from one page
            signals.push(Signal::Log(findings));
        }
        signals
    }

    /// Takes open blocks of lines as complete.
    fn settle(&mut self) -> Vec<Finding> {
        Arc::make_mut(&mut self.cursor.reader).settle(&self.patterns)
    }
}

impl Watch for LogWatch {
    const SOURCE: Source = Source::Log;
    const NAME: &'static str = "LogTailer";
    type Delivery = LogDelivery;
    type Cursor = LogCursor;

    fn subscribe(&mut self, sink: Box<dyn Fn(LogDelivery)>) {
        let now = self.now().mono;
        let wanted = self.subscription.clone();
        self.port.ask(|feed| feed.subscribe(now, wanted, sink));
    }

    fn on_delivery(&mut self, delivery: LogDelivery) -> Vec<Signal> {
        match delivery {
            LogDelivery::Entries(entries) => self.read(entries),
            LogDelivery::Quiet => {
                let findings = self.settle();
                if findings.is_empty() {
                    Vec::new()
                } else {
                    vec![Signal::Log(findings)]
                }
            }
            LogDelivery::Swept(begun) => {
                vec![
                    Signal::Log(self.settle()),
                    Signal::ReadDone {
                        source: Source::Log,
                        begun,
                        sweep: true,
                    },
                ]
            }
            LogDelivery::Lag(lag) => vec![Signal::LogLag(lag)],
            LogDelivery::Health(health) => vec![Signal::Health(Source::Log, health)],
        }
    }

    fn cursor(&self) -> LogCursor {
        self.cursor.clone()
    }
}
