//! The job hub: one list of Vertex AI custom jobs per project and region, for every launch that looks there.
//!
//! The list is read four times a second while any launch expects a job, once a second otherwise and with many launches. What is new or has
//! changed goes to the launches that its marks name ([`routes`]); a job without a mark may be anybody's. With a few
//! launches it is told to all of them, and each judges for itself. With many that would be a table of launches times jobs,
//! so open jobs are kept here: the hub reads each whole once, for the queue item that it comes from, and tells it to whom
//! that leads; a launch that asks for a complete list is told the open ones before the list's end.
//!
//! A job is read whole at most once for its trace id, whoever asks ([`whole`]).

mod board;
mod listing;
mod routes;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod whole;

use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use jiff::Timestamp;
use tokio::time::Instant;

use super::{Failure, Feed, Next, Share, Sink};
use crate::core::Moment;
use crate::core::ids::{CustomJobName, LaunchId, Scope};
use crate::core::job::{CLOCK_SLACK, JobView};
use crate::core::policy::{Budget, Sight};
use crate::core::source::{Health, Source};
use crate::core::spec::Identity;
use crate::gcp::{ErrorKind, Gcp, JobsPage};

use board::Board;
use listing::{Listed, Listing};
use routes::{Routes, is_open};
use whole::{Failed, Whole};

/// While a job is expected.
const EXPECTING: Duration = Duration::from_millis(250);
/// Otherwise, and with many launches: a visible job is told within a second, the round trip included.
const IDLE: Duration = Duration::from_millis(900);
/// With more launches than this, once a second is what the quota gives.
const MANY: usize = 100;
/// Up to so many launches are each told of every open job.
const FEW: usize = 16;
/// So many requests may be saved up.
const BURST: f64 = 8.0;
/// Of the budget, reads of single jobs take at most this.
const READS: f64 = 0.4;
/// A launch that asks which open jobs there are is told of so many, the newest.
const CANDIDATES: usize = 20;
/// What a list asks of each job. No `jobSpec`: its environment holds API keys.
const FIELDS: &str = "name,displayName,state,createTime,startTime,endTime,updateTime,error,labels";

/// What a subscriber is told.
#[derive(Clone, Debug, PartialEq)]
pub enum JobDelivery {
    /// Jobs that are new or have changed.
    Jobs(Vec<JobView>),
    /// A job read whole.
    Detail(Box<JobView>),
    /// A job that could not be read whole.
    DetailFailed(CustomJobName),
    /// A complete list that was asked for began then.
    Listed(Instant),
    /// How Vertex AI does.
    Health(Health),
}

/// A request of this hub.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JobCall {
    /// A page of the list.
    List {
        /// Where.
        scope: Scope,
        /// Vertex AI's list filter.
        filter: String,
        /// The page.
        token: Option<String>,
    },
    /// One job, whole.
    Fetch(CustomJobName),
}

/// An answer.
#[derive(Debug)]
pub enum JobReply {
    /// To a list.
    Listed(Result<JobsPage, Failure>),
    /// To a fetch.
    Fetched(CustomJobName, Box<Result<JobView, Failure>>),
}

/// Who subscribes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobSubscription {
    /// The launch.
    pub launch: LaunchId,
    /// What its runner is known by, where it is: the value of the label `liftoff-launch`.
    pub runner: Option<Arc<str>>,
    /// Short name of its execution.
    pub execution: Arc<str>,
    /// Jobs created before this are none of its.
    pub from: Timestamp,
    /// What the user named the job by: it may come from another runner and carry that one's marks.
    pub identity: Identity,
}

impl JobSubscription {
    /// Whether a job is young enough to be this launch's, or was named itself.
    fn covers(&self, job: &JobView) -> bool {
        let from = self.from.checked_sub(CLOCK_SLACK);
        self.identity.job.as_ref() == Some(&job.name) || from.is_ok_and(|from| job.create_time >= from)
    }
}

/// Which of two lists a request belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lane {
    /// What somebody waits for: what is new, or with few launches everything.
    News,
    /// The whole window, with many launches.
    Window,
}

struct Subscriber {
    sink: Sink<JobDelivery>,
    wanted: Rc<JobSubscription>,
    expecting: bool,
    /// Its job is known and its state is waited for.
    following: bool,
    list_wanted: Option<Instant>,
}

/// The feed of one region's custom jobs.
pub struct JobFeed {
    scope: Scope,
    share: Share,
    subscribers: HashMap<LaunchId, Subscriber>,
    /// There are, or were since the last idle time, more than a few: open jobs are kept here.
    crowded: bool,
    routes: Routes,
    board: Board,
    budget: Budget,
    sight: Sight,
    listed: Listed,
    listing: Option<Listing>,
    /// With many launches, a list of the whole window: its pages go out between the lists of what is new.
    window: Option<Listing>,
    in_flight: Option<Lane>,
    whole: Whole,
    /// Of reads of single jobs: a part of the budget, or thousands of open jobs would take it all.
    reads: Budget,
    /// The last request was a list.
    listed_last: bool,
}

impl std::fmt::Debug for JobFeed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "JobFeed({}, {} launches)", self.scope, self.subscribers.len())
    }
}

impl JobFeed {
    /// A feed that has read nothing yet.
    pub fn new(scope: Scope, share: Share, now: Instant) -> Self {
        Self {
            budget: Budget::new(share.alone, BURST, now),
            sight: Sight::new(now, (&scope.project, &scope.region)),
            scope,
            share,
            subscribers: HashMap::new(),
            crowded: false,
            routes: Routes::default(),
            board: Board::default(),
            listed: Listed::default(),
            listing: None,
            window: None,
            in_flight: None,
            whole: Whole::default(),
            reads: Budget::new(share.alone * READS, BURST, now),
            listed_last: false,
        }
    }

    /// Adds a subscriber, or takes a restarted one back: it gets everything that is known and may concern it.
    pub fn subscribe(&mut self, now: Instant, wanted: &Rc<JobSubscription>, sink: Sink<JobDelivery>) {
        if *self.sight.health() != Health::Answering {
            sink(JobDelivery::Health(self.sight.health().clone()));
        }
        self.routes.add(wanted);
        let few = !self.crowded;
        let known = self.board.find(|job| {
            let named = self.routes.of(job).contains(&wanted.launch);
            wanted.covers(job) && (named || (few && Self::may_be_anybodys(job, wanted)))
        });
        if !known.is_empty() {
            sink(JobDelivery::Jobs(known.into_iter().cloned().collect()));
        }
        let before = self.subscribers.remove(&wanted.launch);
        let before = before.map(|s| (s.expecting, s.following, s.list_wanted));
        let (expecting, following, list_wanted) = before.unwrap_or_default();
        let subscriber = Subscriber {
            sink,
            expecting,
            following,
            list_wanted,
            wanted: Rc::clone(wanted),
        };
        self.subscribers.insert(wanted.launch.clone(), subscriber);
        if self.subscribers.len() > FEW && !std::mem::replace(&mut self.crowded, true) {
            self.find_out_more();
        }
        self.share_budget(now);
    }

    /// Removes a subscriber.
    pub fn unsubscribe(&mut self, now: Instant, launch: &LaunchId) {
        self.subscribers.remove(launch);
        self.routes.remove(launch);
        if self.subscribers.is_empty() {
            self.whole.forget();
            self.crowded = false;
            self.window = None;
        }
        self.share_budget(now);
    }

    fn share_budget(&mut self, now: Instant) {
        let full = self.share.of(self.subscribers.len());
        self.budget.set_full(full, now);
        self.reads.set_full(full * READS, now);
    }

    /// Whether this launch expects a job any moment.
    pub fn expect(&mut self, launch: &LaunchId, expecting: bool) {
        if let Some(subscriber) = self.subscribers.get_mut(launch) {
            subscriber.expecting = expecting;
        }
    }

    /// This launch's job is known: what it waits for now is the job's state.
    pub fn follow(&mut self, launch: &LaunchId, job: &CustomJobName) {
        if let Some(subscriber) = self.subscribers.get_mut(launch) {
            subscriber.following = true;
            self.routes.remove(launch);
            self.routes.add_job(launch, job);
        }
    }

    /// This launch's runner received this queue item: the job that comes from it is the launch's.
    pub fn expect_item(&mut self, launch: &LaunchId, item: &str) {
        let Some(subscriber) = self.subscribers.get(launch) else {
            return;
        };
        self.routes.add_item(launch, item);
        let is_its = |job: &JobView| job.trace_id.as_deref() == Some(item) && subscriber.wanted.covers(job);
        for job in self.board.find(is_its) {
            (subscriber.sink)(JobDelivery::Detail(Box::new(job.clone())));
        }
        self.find_out_more();
    }

    /// A complete list, begun no earlier than this.
    pub fn list(&mut self, launch: &LaunchId, not_before: Instant) {
        if let Some(subscriber) = self.subscribers.get_mut(launch) {
            subscriber.list_wanted = Some(not_before);
        }
    }

    /// This job, whole. One read serves everyone who asks.
    pub fn fetch(&mut self, launch: &LaunchId, name: CustomJobName) {
        let Some(subscriber) = self.subscribers.get(launch) else {
            return;
        };
        self.routes.add_job(launch, &name);
        match self.board.detail(&name) {
            Some(job) => (subscriber.sink)(JobDelivery::Detail(Box::new(job))),
            None => self.whole.ask(launch, name),
        }
    }

    /// Whether a job that no mark leads to this launch may be its all the same.
    fn may_be_anybodys(job: &JobView, wanted: &JobSubscription) -> bool {
        is_open(job) || wanted.identity.queue_item.is_some()
    }

    /// With many launches the hub itself reads jobs whole that may come from a queue item that somebody waits for.
    fn find_out_more(&mut self) {
        if !self.crowded {
            return; // each launch asks for itself
        }
        let unread = |job: &JobView| job.trace_id.is_none() && self.routes.want_trace_of(job);
        for job in self.board.find(unread) {
            self.whole.find_out(&job.name);
        }
    }

    fn tell_health(&self, health: Option<Health>) {
        let Some(health) = health else { return };
        for subscriber in self.subscribers.values() {
            (subscriber.sink)(JobDelivery::Health(health.clone()));
        }
    }

    fn period(&self) -> Duration {
        let many = self.subscribers.len() > MANY;
        let expecting = self.subscribers.values().any(|subscriber| subscriber.expecting);
        if expecting && !many { EXPECTING } else { IDLE }
    }

    /// When the next list begins: start to start, and at once where a few launches ask for one.
    fn due(&self, now: Instant) -> Instant {
        let Some(begun) = self.listed.begun else {
            return now;
        };
        let regular = begun + self.period();
        if self.crowded {
            return regular.max(now);
        }
        let asked = self
            .subscribers
            .values()
            .filter_map(|subscriber| subscriber.list_wanted);
        let asked = asked.filter(|wanted| *wanted >= begun).min();
        asked.map_or(regular, |wanted| wanted.min(regular)).max(now)
    }

    fn begin(&mut self, now: Moment) {
        let from = |subscriber: &Subscriber| subscriber.wanted.from;
        let oldest = self.subscribers.values().map(from).min();
        let waits = |s: &Subscriber| s.following || s.list_wanted.is_some_and(|wanted| wanted <= now.mono);
        let wanted = self.subscribers.values().any(waits);
        let whole = !self.crowded || self.listed.is_first();
        self.listing = Some(self.listed.begin(now, oldest, whole));
        if !whole && self.window.is_none() && self.listed.is_whole_due(now.mono, wanted) {
            self.window = Some(Listed::begin_window(now, oldest));
        }
        if let Some(oldest) = oldest {
            self.board.forget_before(oldest);
        }
    }

    fn complete(&mut self, now: Instant, listing: Listing) {
        self.listed.completed(&listing);
        let (begun, whole) = (listing.begun, listing.whole);
        for job in self.board.take(listing.jobs) {
            self.tell(&job);
        }
        self.find_out_more();
        if whole {
            self.tell_listed(begun);
        }
        let health = self.sight.good(now);
        self.tell_health(health);
    }

    /// Tells of a job: those that its marks name; all, where they are few and it may be anybody's.
    fn tell(&self, job: &JobView) {
        let few = !self.crowded;
        let named = self.routes.of(job);
        let send = |subscriber: &Subscriber| (subscriber.sink)(JobDelivery::Jobs(vec![job.clone()]));
        if few {
            let concerned = self.subscribers.values().filter(|s| {
                s.wanted.covers(job)
                    && (named.contains(&s.wanted.launch) || Self::may_be_anybodys(job, &s.wanted))
            });
            concerned.for_each(send);
        } else {
            let concerned = named
                .into_iter()
                .filter_map(|launch| self.subscribers.get(launch));
            concerned.filter(|s| s.wanted.covers(job)).for_each(send);
        }
    }

    /// The whole window was listed: whoever waited for that is told, and first of the open jobs that it may not know.
    fn tell_listed(&mut self, begun: Instant) {
        for subscriber in self.subscribers.values_mut() {
            if subscriber.list_wanted.is_none_or(|wanted| begun < wanted) {
                continue;
            }
            subscriber.list_wanted = None;
            let wanted = &subscriber.wanted;
            let open = self.board.find(|job| is_open(job) && wanted.covers(job));
            for job in open.into_iter().rev().take(CANDIDATES).rev() {
                let delivery = match self.board.detail(&job.name) {
                    Some(whole) => JobDelivery::Detail(Box::new(whole)),
                    None => JobDelivery::Jobs(vec![job.clone()]),
                };
                (subscriber.sink)(delivery);
            }
            (subscriber.sink)(JobDelivery::Listed(begun));
        }
    }

    fn failed(&mut self, now: Instant, failure: &Failure) {
        if failure.kind == ErrorKind::RateLimited {
            self.budget.refuse(now, failure.wait);
        }
        let gone = failure.kind == ErrorKind::NotFound;
        let health = self
            .sight
            .bad(now, &failure.why, failure.is_permanent() || gone, failure.wait);
        self.tell_health(health);
    }

    fn fetched(&mut self, now: Instant, name: &CustomJobName, answer: Result<JobView, Failure>) {
        let (delivery, askers) = match answer {
            Ok(job) => {
                self.board.keep_whole(&job);
                let mut concerned = self.whole.done(name);
                concerned.extend(self.routes.of(&job).into_iter().cloned());
                (JobDelivery::Detail(Box::new(job)), concerned)
            }
            Err(failure) => {
                if failure.kind == ErrorKind::RateLimited {
                    self.budget.refuse(now, failure.wait);
                }
                match self.whole.failed(name, failure.is_permanent()) {
                    Failed::Again => return,
                    Failed::Unreadable(askers) => (JobDelivery::DetailFailed(name.clone()), askers),
                }
            }
        };
        for subscriber in askers.iter().filter_map(|launch| self.subscribers.get(launch)) {
            (subscriber.sink)(delivery.clone());
        }
    }

    /// A list that is due, or that goes on. What is new goes first.
    fn next_list(&mut self, now: Moment, allowed: Instant) -> Next<JobCall> {
        if self.in_flight.is_some() {
            return Next::Idle;
        }
        let wish = if self.listing.is_some() {
            now.mono
        } else {
            self.due(now.mono)
        };
        let news = wish <= now.mono;
        let due = if news || self.window.is_some() {
            allowed
        } else {
            wish.max(allowed)
        };
        if due > now.mono {
            return Next::At(due);
        }
        if news && self.listing.is_none() {
            self.begin(now);
        }
        let (lane, listing) = if news {
            (Lane::News, &self.listing)
        } else {
            (Lane::Window, &self.window)
        };
        let Some(listing) = listing else {
            return Next::Idle;
        };
        self.budget.spend(now.mono);
        self.in_flight = Some(lane);
        Next::Call(listing.call(&self.scope))
    }

    fn take_page(&mut self, now: Instant, answer: Result<JobsPage, Failure>) {
        let Some(lane) = self.in_flight.take() else {
            return;
        };
        let listing = match lane {
            Lane::News => &mut self.listing,
            Lane::Window => &mut self.window,
        };
        match (answer, listing.take()) {
            (Ok(page), Some(mut read)) => {
                if read.take(page) {
                    self.complete(now, read);
                } else {
                    *listing = Some(read);
                }
            }
            (Err(failure), Some(_)) => self.failed(now, &failure),
            (_, None) => {} // nobody waits for it any more
        }
    }
}

/// The list's time, or that of a read, whichever comes first.
fn sooner(list: Next<JobCall>, read: Option<Instant>) -> Next<JobCall> {
    match (list, read) {
        (Next::At(list), Some(read)) => Next::At(list.min(read)),
        (_, Some(read)) => Next::At(read),
        (list, None) => list,
    }
}

impl Feed for JobFeed {
    const SOURCE: Source = Source::Vertex;
    type Call = JobCall;
    type Reply = JobReply;

    fn next(&mut self, now: Moment) -> Next<JobCall> {
        if self.subscribers.is_empty() || self.sight.is_lost() {
            return Next::Idle;
        }
        let ready = self.budget.ready_at(now.mono);
        let allowed = ready.max(self.sight.retry_at().unwrap_or(now.mono));
        // Lists may use the whole budget and there may be thousands of reads: where both are due they take turns.
        let read = (!self.whole.is_empty()).then(|| allowed.max(self.reads.ready_at(now.mono)));
        let read_now = read.is_some_and(|due| due <= now.mono);
        if !(read_now && self.listed_last) {
            let list = self.next_list(now, allowed);
            if matches!(list, Next::Call(_)) {
                self.listed_last = true;
                return list;
            }
            if !read_now {
                return sooner(list, read);
            }
        }
        let Some(name) = self.whole.next() else {
            return Next::Idle;
        };
        self.listed_last = false;
        self.budget.spend(now.mono);
        self.reads.spend(now.mono);
        Next::Call(JobCall::Fetch(name))
    }

    fn on_reply(&mut self, now: Moment, reply: JobReply) {
        match reply {
            JobReply::Listed(answer) => self.take_page(now.mono, answer),
            JobReply::Fetched(name, answer) => self.fetched(now.mono, &name, *answer),
        }
    }

    fn perform(gcp: Gcp, call: JobCall) -> LocalBoxFuture<'static, JobReply> {
        async move {
            match call {
                JobCall::List { scope, filter, token } => {
                    let answer = gcp
                        .list_custom_jobs(&scope, &filter, token.as_deref(), FIELDS)
                        .await;
                    JobReply::Listed(answer.map_err(Failure::from))
                }
                JobCall::Fetch(name) => {
                    let answer = gcp.get_custom_job(&name).await;
                    JobReply::Fetched(name, Box::new(answer.map_err(Failure::from)))
                }
            }
        }
        .boxed_local()
    }

    fn forget_in_flight(&mut self) {
        self.in_flight = None;
        self.listing = None;
        self.window = None;
        self.whole.start_over();
    }

    fn give_up(&mut self, why: &str) {
        let health = self.sight.give_up(why);
        self.tell_health(Some(health));
    }
}
