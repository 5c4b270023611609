//! The job hub: one list of Vertex AI custom jobs per project and region, for every launch that looks there.
//!
//! The list is read four times a second while any launch expects a job, once a second otherwise. What is new or has
//! changed goes to whom it may concern: a job labelled for one execution to that launch alone, an unmarked one to all
//! that have not found theirs. A candidate is read whole (for its trace id) once, whoever asks.

mod board;
mod listing;

use std::collections::{HashMap, HashSet, VecDeque};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use jiff::Timestamp;
use tokio::time::Instant;

use super::{Failure, Feed, Next, Share, Sink};
use crate::core::Moment;
use crate::core::ids::{CustomJobName, LaunchId, Scope};
use crate::core::job::JobView;
use crate::core::policy::{Budget, Sight};
use crate::core::source::{Health, Source};
use crate::gcp::{ErrorKind, Gcp, JobsPage};

use board::Board;
use listing::Listing;

/// While a job is expected.
const EXPECTING: Duration = Duration::from_millis(250);
/// Otherwise, and with many launches: a visible job is told within a second, the round trip included.
const IDLE: Duration = Duration::from_millis(900);
/// With more launches than this, once a second is what the quota gives.
const MANY: usize = 100;
/// What a list asks of each job. No `jobSpec`: its environment holds API keys.
const FIELDS: &str = "name,displayName,state,createTime,startTime,endTime,updateTime,error,labels";
/// A candidate is tried this often before its trace id counts as unreadable.
const FETCHES: u32 = 3;

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
    /// Short name of its execution.
    pub execution: String,
    /// Jobs created before this are none of its.
    pub from: Timestamp,
    /// The user named the job: it may come from another runner and carry that one's labels.
    pub named: bool,
}

struct Subscriber {
    sink: Sink<JobDelivery>,
    wanted: JobSubscription,
    expecting: bool,
    list_wanted: Option<Instant>,
}

/// The feed of one region's custom jobs.
pub struct JobFeed {
    scope: Scope,
    share: Share,
    subscribers: HashMap<LaunchId, Subscriber>,
    board: Board,
    budget: Budget,
    sight: Sight,
    listing: Option<Listing>,
    begun: Option<Instant>,
    in_flight: bool,
    fetches: VecDeque<CustomJobName>,
    fetching: HashMap<CustomJobName, (u32, HashSet<LaunchId>)>,
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
            budget: Budget::new(share.alone, 8.0, now),
            sight: Sight::new(now, (&scope.project, &scope.region)),
            scope,
            share,
            subscribers: HashMap::new(),
            board: Board::default(),
            listing: None,
            begun: None,
            in_flight: false,
            fetches: VecDeque::new(),
            fetching: HashMap::new(),
        }
    }

    /// Adds a subscriber, or takes a restarted one back: it gets everything that is known and may concern it.
    pub fn subscribe(&mut self, now: Instant, wanted: JobSubscription, sink: Sink<JobDelivery>) {
        if *self.sight.health() != Health::Answering {
            sink(JobDelivery::Health(self.sight.health().clone()));
        }
        let known = self.board.concerning(&wanted);
        if !known.is_empty() {
            sink(JobDelivery::Jobs(known));
        }
        let before = self.subscribers.remove(&wanted.launch);
        let (expecting, list_wanted) = before.map_or((false, None), |s| (s.expecting, s.list_wanted));
        let launch = wanted.launch.clone();
        self.subscribers.insert(
            launch,
            Subscriber {
                sink,
                wanted,
                expecting,
                list_wanted,
            },
        );
        self.budget.set_full(self.share.of(self.subscribers.len()), now);
    }

    /// Removes a subscriber.
    pub fn unsubscribe(&mut self, now: Instant, launch: &LaunchId) {
        self.subscribers.remove(launch);
        self.budget.set_full(self.share.of(self.subscribers.len()), now);
    }

    /// Whether this launch expects a job any moment.
    pub fn expect(&mut self, launch: &LaunchId, expecting: bool) {
        if let Some(subscriber) = self.subscribers.get_mut(launch) {
            subscriber.expecting = expecting;
        }
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
        if let Some(job) = self.board.detail(&name) {
            (subscriber.sink)(JobDelivery::Detail(Box::new(job)));
            return;
        }
        let (_, askers) = self.fetching.entry(name.clone()).or_insert_with(|| {
            self.fetches.push_back(name);
            (0, HashSet::new())
        });
        askers.insert(launch.clone());
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

    /// When the next list begins: start to start, and at once where one is asked for.
    fn due(&self, now: Instant) -> Instant {
        let Some(begun) = self.begun else { return now };
        let asked = self
            .subscribers
            .values()
            .filter_map(|subscriber| subscriber.list_wanted);
        let asked = asked.filter(|wanted| *wanted >= begun).min();
        let regular = begun + self.period();
        asked.map_or(regular, |wanted| wanted.min(regular)).max(now)
    }

    fn begin(&mut self, now: Instant) {
        let oldest = self
            .subscribers
            .values()
            .map(|subscriber| subscriber.wanted.from)
            .min();
        self.begun = Some(now);
        self.listing = Some(Listing::new(now, oldest));
        if let Some(oldest) = oldest {
            self.board.forget_before(oldest);
        }
    }

    fn complete(&mut self, now: Instant, listing: Listing) {
        for job in self.board.take(listing.jobs) {
            let concerned = self
                .subscribers
                .values()
                .filter(|s| board::concerns(&job, &s.wanted));
            for subscriber in concerned {
                (subscriber.sink)(JobDelivery::Jobs(vec![job.clone()]));
            }
        }
        for subscriber in self.subscribers.values_mut() {
            if subscriber
                .list_wanted
                .is_some_and(|wanted| listing.begun >= wanted)
            {
                subscriber.list_wanted = None;
                (subscriber.sink)(JobDelivery::Listed(listing.begun));
            }
        }
        let health = self.sight.good(now);
        self.tell_health(health);
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

    fn fetched(&mut self, now: Instant, name: CustomJobName, answer: Result<JobView, Failure>) {
        let Some((tries, _)) = self.fetching.get_mut(&name) else {
            return;
        };
        *tries += 1;
        let delivery = match answer {
            Ok(job) => {
                self.board.keep_detail(&job);
                JobDelivery::Detail(Box::new(job))
            }
            Err(failure) if failure.is_permanent() || *tries >= FETCHES => {
                JobDelivery::DetailFailed(name.clone())
            }
            Err(failure) => {
                if failure.kind == ErrorKind::RateLimited {
                    self.budget.refuse(now, failure.wait);
                }
                self.fetches.push_back(name);
                return;
            }
        };
        let askers = self
            .fetching
            .remove(&name)
            .map(|(_, askers)| askers)
            .unwrap_or_default();
        for subscriber in askers.iter().filter_map(|launch| self.subscribers.get(launch)) {
            (subscriber.sink)(delivery.clone());
        }
    }
}

impl Feed for JobFeed {
    const SOURCE: Source = Source::Vertex;
    type Call = JobCall;
    type Reply = JobReply;

    fn next(&mut self, now: Moment) -> Next<JobCall> {
        let now = now.mono;
        if self.subscribers.is_empty() || self.sight.is_lost() {
            return Next::Idle;
        }
        let allowed = self
            .budget
            .ready_at(now)
            .max(self.sight.retry_at().unwrap_or(now));
        if allowed <= now
            && let Some(name) = self.fetches.pop_front()
        {
            self.budget.spend(now);
            return Next::Call(JobCall::Fetch(name));
        }
        if self.in_flight {
            return Next::Idle;
        }
        let due = if self.listing.is_some() {
            now
        } else {
            self.due(now)
        }
        .max(allowed);
        if due > now {
            return Next::At(due);
        }
        if self.listing.is_none() {
            self.begin(now);
        }
        let Some(listing) = &self.listing else {
            return Next::Idle;
        };
        self.budget.spend(now);
        self.in_flight = true;
        Next::Call(listing.call(&self.scope))
    }

    fn on_reply(&mut self, now: Moment, reply: JobReply) {
        match reply {
            JobReply::Listed(answer) => {
                self.in_flight = false;
                let Some(mut listing) = self.listing.take() else {
                    return;
                };
                match answer {
                    Ok(page) => {
                        if listing.take(page) {
                            self.complete(now.mono, listing);
                        } else {
                            self.listing = Some(listing);
                        }
                    }
                    Err(failure) => self.failed(now.mono, &failure),
                }
            }
            JobReply::Fetched(name, answer) => self.fetched(now.mono, name, *answer),
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
        self.in_flight = false;
        self.listing = None;
        self.fetches = self.fetching.keys().cloned().collect();
    }

    fn give_up(&mut self, why: &str) {
        let health = self.sight.give_up(why);
        self.tell_health(Some(health));
    }
}
