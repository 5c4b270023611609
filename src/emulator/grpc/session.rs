//! What a tail session sends when: a synchronous machine, driven by the clock and by what the log receives.
//!
//! An entry leaves `bufferWindow` after it was received, together with all that were received until then, ordered by timestamp within
//! the response and not between responses. Only what is received after the session opened is sent.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::time::Duration;

use googleapis_tonic_google_logging_v2::google::logging::v2::{
    LogEntry, TailLogEntriesResponse,
    tail_log_entries_response::{SuppressionInfo, suppression_info::Reason},
};
use jiff::Timestamp;
use serde_json::Value;

use super::entry::log_entry;
use crate::emulator::{
    clock::{earlier, later},
    cloud::Cloud,
    fault::{Moment, Strike, Suppression},
    lql::Filter,
    status::{Code, Status},
    wire::log_entry::log_entry as show,
};

/// Sessions that a project may have open.
const MAX_SESSIONS: u32 = 10;
/// Entries a minute that a project's sessions return.
const MAX_ENTRIES: usize = 60_000;
/// How long a session lasts.
const LONGEST: Duration = Duration::from_hours(1);
/// Entries of one response.
const BATCH: usize = 1000;
/// An entry is sent at the next tick of the timers at the earliest: then nothing more can be received at its instant.
const TICK: Duration = Duration::from_millis(1);

/// The tail sessions of every project. The cloud owns it.
#[derive(Debug, Default)]
pub(crate) struct Tails {
    open: HashMap<String, u32>,
    returned: HashMap<String, VecDeque<(Timestamp, usize)>>,
}

impl Tails {
    /// Open sessions.
    pub(crate) fn count(&self) -> u32 {
        self.open.values().sum()
    }

    /// How many of `count` entries a project's quota lets pass now.
    fn take(&mut self, project: &str, count: usize, now: Timestamp) -> usize {
        let returned = self.returned.entry(project.to_owned()).or_default();
        let from = earlier(now, Duration::from_mins(1));
        while returned.front().is_some_and(|(at, _)| *at <= from) {
            returned.pop_front();
        }
        let used: usize = returned.iter().map(|(_, count)| count).sum();
        let passed = count.min(MAX_ENTRIES.saturating_sub(used));
        if passed > 0 {
            returned.push_back((now, passed));
        }
        passed
    }
}

/// One open session.
#[derive(Debug)]
pub(super) struct Session {
    projects: Vec<String>,
    filter: Filter,
    window: Duration,
    opened: Timestamp,
    /// Everything received before this was looked at.
    cursor: Timestamp,
    suppressed: BTreeMap<i32, i32>,
    /// Faults whose window opened until then have been looked at.
    struck: Timestamp,
    /// A fault holds the next response up until then.
    held: Option<Timestamp>,
}

/// What a session does next.
pub(super) enum Step {
    /// These are due.
    Send(Vec<TailLogEntriesResponse>),
    /// Nothing is due before this time.
    WaitUntil(Timestamp),
    /// The session ends.
    Over(Status),
    /// A fault hits it.
    Struck(Strike),
}

impl Session {
    /// Opens a session on the log of these projects.
    pub(super) fn open(
        cloud: &mut Cloud,
        projects: Vec<String>,
        filter: Filter,
        window: Duration,
        now: Timestamp,
    ) -> Result<Self, Status> {
        let open = |project: &String| cloud.tails.open.get(project).copied().unwrap_or(0);
        if projects.iter().any(|project| open(project) >= MAX_SESSIONS) {
            let message = format!("Too many tail sessions: a project may have {MAX_SESSIONS} open.");
            return Err(Status::new(Code::ResourceExhausted, message));
        }
        for project in &projects {
            *cloud.tails.open.entry(project.clone()).or_default() += 1;
            cloud.logs.follow(project);
        }
        Ok(Self {
            projects,
            filter,
            window: window.max(TICK),
            opened: now,
            cursor: now,
            suppressed: BTreeMap::new(),
            struck: now,
            held: None,
        })
    }

    /// What is due at `now`.
    pub(super) fn step(&mut self, cloud: &mut Cloud, now: Timestamp) -> Step {
        let end = later(self.opened, LONGEST);
        if now >= end {
            return Step::Over(Status::new(
                Code::OutOfRange,
                "The maximum duration of a tail session was reached; open another.",
            ));
        }
        let fault = cloud.next_fault(&self.projects, self.struck);
        if fault.is_some_and(|at| at <= now) {
            let moment = Moment::Open { since: self.struck };
            self.struck = now;
            return Step::Struck(cloud.strike_tail(&self.projects, moment, now));
        }
        let next = self
            .projects
            .iter()
            .filter_map(|project| cloud.logs.next_arrival(project, self.cursor))
            .min();
        let due = next.map_or(end, |at| later(at, self.window));
        let due = self.held.map_or(due, |held| due.max(held));
        if due > now {
            return Step::WaitUntil(due.min(end).min(fault.unwrap_or(end)));
        }
        self.answer(cloud, now)
    }

    /// What has gathered, as the faults let it go.
    fn answer(&mut self, cloud: &mut Cloud, now: Timestamp) -> Step {
        if self.held.take().is_some() || self.matching(cloud, now).next().is_none() {
            return Step::Send(self.collect(cloud, now));
        }
        let strike = cloud.strike_tail(&self.projects, Moment::Response, now);
        if let Some(suppression) = strike.suppressed {
            self.leave_out(cloud, suppression, now);
            return Step::Send(self.responses(&[]));
        }
        if strike.delay.is_zero() {
            return Step::Send(self.collect(cloud, now));
        }
        let until = later(now, strike.delay);
        self.held = Some(until);
        Step::WaitUntil(until)
    }

    /// Suppresses everything received since the last time.
    fn leave_out(&mut self, cloud: &Cloud, suppression: Suppression, now: Timestamp) {
        let reason = match suppression {
            Suppression::RateLimit => Reason::RateLimit,
            Suppression::NotConsumed => Reason::NotConsumed,
        };
        let count = self.matching(cloud, now).count();
        self.cursor = now;
        suppress(&mut self.suppressed, reason, count);
    }

    /// What was received since the last time and passes the filter.
    fn matching(&self, cloud: &Cloud, now: Timestamp) -> impl Iterator<Item = Value> {
        let projects = self.projects.iter();
        let arrived = projects.flat_map(move |project| cloud.logs.arrived(project, self.cursor, now));
        let shown = arrived.map(|(run, entry)| show(run.and_then(|run| cloud.runs.get(run)), entry));
        shown.filter(|entry| self.filter.matches(entry))
    }

    /// Everything received since the last time, in batches.
    fn collect(&mut self, cloud: &mut Cloud, now: Timestamp) -> Vec<TailLogEntriesResponse> {
        let mut found = Vec::new();
        for project in &self.projects {
            let arrived = cloud.logs.arrived(project, self.cursor, now).map(|(run, entry)| {
                let run = run.and_then(|run| cloud.runs.get(run));
                (entry.at, show(run, entry))
            });
            let mut matching: Vec<_> = arrived.filter(|(_, entry)| self.filter.matches(entry)).collect();
            let passed = cloud.tails.take(project, matching.len(), now);
            suppress(&mut self.suppressed, Reason::RateLimit, matching.len() - passed);
            matching.truncate(passed);
            found.extend(matching);
        }
        self.cursor = now;
        found.sort_by_key(|(at, _)| *at);
        let entries: Vec<LogEntry> = found.iter().map(|(_, entry)| log_entry(entry)).collect();
        self.responses(&entries)
    }

    fn responses(&mut self, entries: &[LogEntry]) -> Vec<TailLogEntriesResponse> {
        let mut responses: Vec<TailLogEntriesResponse> = entries
            .chunks(BATCH)
            .map(|batch| TailLogEntriesResponse {
                entries: batch.to_vec(),
                suppression_info: Vec::new(),
            })
            .collect();
        let suppressed = std::mem::take(&mut self.suppressed).into_iter();
        let info: Vec<SuppressionInfo> = suppressed
            .map(|(reason, suppressed_count)| SuppressionInfo {
                reason,
                suppressed_count,
            })
            .collect();
        if !info.is_empty() {
            if responses.is_empty() {
                responses.push(TailLogEntriesResponse::default());
            }
            responses[0].suppression_info = info;
        }
        responses
    }

    /// A response that the client did not take in time.
    pub(super) fn not_consumed(&mut self, lost: Option<&TailLogEntriesResponse>) {
        let Some(lost) = lost else { return };
        suppress(&mut self.suppressed, Reason::NotConsumed, lost.entries.len());
        for info in &lost.suppression_info {
            *self.suppressed.entry(info.reason).or_default() += info.suppressed_count;
        }
    }

    /// Gives the session back.
    pub(super) fn close(&self, cloud: &mut Cloud) {
        for project in &self.projects {
            let open = cloud.tails.open.entry(project.clone()).or_default();
            *open = open.saturating_sub(1);
            if *open == 0 {
                cloud.logs.unfollow(project);
            }
        }
    }
}

fn suppress(suppressed: &mut BTreeMap<i32, i32>, reason: Reason, count: usize) {
    if count > 0 {
        *suppressed.entry(reason as i32).or_default() += i32::try_from(count).unwrap_or(i32::MAX);
    }
}
