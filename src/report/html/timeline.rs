//! Where each launch was when: the data of the picture.
//!
//! Phases are drawn at the time at which they happened, by the server's clock, which is what one looks for; the log tells
//! of them later. They are kept within the attempt and in order, because that clock is not ours.

use jiff::Timestamp;

use crate::core::finding::Phase;
use crate::core::verdict::Outcome;
use crate::report::ledger::{Attempt, Ledger, Record};
use crate::report::words;

/// What a launch was doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// The runner was asked for.
    Starting,
    /// Its container came up.
    Container,
    /// Its agent waited for an item of the queue.
    Polling,
    /// It had one, and fetched the code.
    Received,
    /// It built an image.
    Building,
    /// It submitted the job.
    Submitting,
    /// The job was there, and the goal was more than that.
    Submitted,
    /// An attempt had failed, the next had not begun.
    Between,
}

impl Stage {
    /// All of them, in order.
    pub(super) const ALL: [Self; 8] = [
        Self::Starting,
        Self::Container,
        Self::Polling,
        Self::Received,
        Self::Building,
        Self::Submitting,
        Self::Submitted,
        Self::Between,
    ];

    /// In the legend.
    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Starting => "runner starting",
            Self::Container => "container starting",
            Self::Polling => "agent polling",
            Self::Received => "job received",
            Self::Building => "building an image",
            Self::Submitting => "submitting",
            Self::Submitted => "job submitted",
            Self::Between => "between attempts",
        }
    }

    /// Its class in the page's style.
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Starting => "s0",
            Self::Container => "s1",
            Self::Polling => "s2",
            Self::Received => "s3",
            Self::Building => "s4",
            Self::Submitting => "s5",
            Self::Submitted => "s6",
            Self::Between => "s7",
        }
    }

    fn of(phase: Phase) -> Self {
        match phase {
            Phase::ContainerStarted => Self::Container,
            Phase::AgentPolling => Self::Polling,
            Phase::JobReceived | Phase::CodeFetched => Self::Received,
            Phase::Building => Self::Building,
            Phase::Submitting => Self::Submitting,
            Phase::Submitted => Self::Submitted,
        }
    }
}

/// A stage from then to then, in ms from the first event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) stage: Stage,
    pub(super) from: i64,
    pub(super) to: i64,
}

/// A launch in the picture.
#[derive(Debug)]
pub(super) struct Row<'a> {
    pub(super) record: &'a Record,
    /// Its place in the ledger.
    pub(super) number: usize,
    pub(super) spans: Vec<Span>,
    /// How it came out, and when, in ms.
    pub(super) end: Option<(Outcome, i64)>,
    /// The lane of its group that it is drawn on.
    pub(super) lane: usize,
}

impl Row<'_> {
    /// From its first stage to its end, in ms.
    fn extent(&self) -> (i64, i64) {
        let from = self.spans.first().map(|span| span.from);
        let to = self.spans.last().map(|span| span.to);
        let at = self.end.map(|(_, at)| at);
        (from.or(at).unwrap_or_default(), to.max(at).unwrap_or_default())
    }
}

/// Launches that came out alike.
#[derive(Debug)]
pub(super) struct Group<'a> {
    /// `failed: quota-exceeded`.
    pub(super) title: String,
    /// In the order in which they were asked for.
    pub(super) rows: Vec<Row<'a>>,
    /// Lanes that are needed.
    pub(super) lanes: usize,
}

/// Launches up to which each has a lane of its own, with its name beside it.
const OWN_LANES: usize = 70;

/// Groups of launches: failures first, the larger the earlier, then those that went well, then those without a verdict.
pub(super) fn groups(ledger: &Ledger) -> Vec<Group<'_>> {
    let (Some(begun), Some(ended)) = (ledger.begun, ledger.ended) else {
        return Vec::new();
    };
    let mut groups: Vec<Group<'_>> = Vec::new();
    for (number, record) in ledger.launches.iter().enumerate() {
        let title = title(record);
        let row = row(record, number, begun, ended);
        match groups.iter_mut().find(|group| group.title == title) {
            Some(group) => group.rows.push(row),
            None => groups.push(Group {
                title,
                rows: vec![row],
                lanes: 0,
            }),
        }
    }
    let is_crowded = ledger.launches.len() > OWN_LANES;
    for group in &mut groups {
        group.lanes = lay(&mut group.rows, is_crowded);
    }
    groups.sort_by_key(|group| {
        let outcome = group.rows.first().and_then(|row| row.record.end.as_ref());
        let rank = outcome.map_or(2, |end| u8::from(end.verdict.outcome == Outcome::Success));
        (rank, usize::MAX - group.rows.len())
    });
    groups
}

/// Gives each row its lane; how many there are. Of many launches, those share one that come after one another: a batch of
/// thousands then is as high as the number of launches that ran at once.
fn lay(rows: &mut [Row<'_>], shared: bool) -> usize {
    let mut free: Vec<i64> = Vec::new();
    for row in rows {
        let (from, to) = row.extent();
        let found = free.iter().position(|until| shared && *until <= from);
        row.lane = found.unwrap_or(free.len());
        match free.get_mut(row.lane) {
            Some(until) => *until = to,
            None => free.push(to),
        }
    }
    free.len()
}

fn title(record: &Record) -> String {
    let Some(end) = &record.end else {
        let (_, word) = record.unjudged();
        let kind = record
            .not_started
            .as_ref()
            .map(|error| format!(": {}", error.kind));
        return format!("{word}{}", kind.unwrap_or_default());
    };
    let word = words::outcome(end.verdict.outcome);
    match &end.verdict.category {
        Some(category) if end.verdict.outcome == Outcome::Failure => format!("{word}: {category}"),
        _ => word.to_owned(),
    }
}

fn row(record: &Record, number: usize, begun: Timestamp, ended: Timestamp) -> Row<'_> {
    let ms = |at: Timestamp| i64::try_from(at.duration_since(begun).as_millis()).unwrap_or_default();
    let mut spans = Vec::new();
    for (nth, attempt) in record.attempts.iter().enumerate() {
        let over = attempt.verdict.as_ref().map_or(ended, |(at, _)| *at);
        spans.extend(stages(attempt, over).map(|(stage, from, to)| Span {
            stage,
            from: ms(from),
            to: ms(to),
        }));
        if let Some(next) = record.attempts.get(nth + 1) {
            spans.push(Span {
                stage: Stage::Between,
                from: ms(over),
                to: ms(next.begun.max(over)),
            });
        }
    }
    spans.retain(|span| span.from < span.to);
    spans.dedup_by(|next, last| {
        let goes_on = next.stage == last.stage && next.from == last.to;
        if goes_on {
            last.to = next.to;
        }
        goes_on
    });
    let judged = record.attempts.last().and_then(|last| last.verdict.as_ref());
    Row {
        record,
        number,
        spans,
        end: judged.map(|(at, judged)| (judged.outcome, ms(*at))),
        lane: 0,
    }
}

/// The stages of an attempt, one after the other, from its begin until it was over.
fn stages(attempt: &Attempt, over: Timestamp) -> impl Iterator<Item = (Stage, Timestamp, Timestamp)> {
    let mut marks = vec![(Stage::Starting, attempt.begun)];
    marks.extend(attempt.started.iter().map(|(at, _)| (Stage::Container, *at)));
    let mut phases: Vec<_> = attempt.phases.iter().map(|(_, reached)| reached).collect();
    phases.sort_by_key(|reached| reached.occurred_at);
    marks.extend(
        phases
            .into_iter()
            .map(|reached| (Stage::of(reached.phase), reached.occurred_at)),
    );
    let mut reached = attempt.begun;
    for (_, at) in &mut marks {
        *at = (*at).clamp(reached, over.max(reached));
        reached = *at;
    }
    let ends: Vec<_> = marks.iter().skip(1).map(|(_, at)| *at).chain([over]).collect();
    marks
        .into_iter()
        .zip(ends)
        .map(|((stage, from), to)| (stage, from, to))
}
