//! The job hub: one list of Vertex AI custom jobs per project and region, for every launch that looks there.
//!
//! The list is read four times a second while any launch expects a job, once a second otherwise and with many launches. What is new or has
//! changed goes to the launches that its marks name ([`routes`]); a job without a mark may be anybody's. With a few
//! launches it is told to all of them, and each judges for itself. With many that would be a table of launches times jobs,
//! so open jobs are kept here: the hub reads each whole once, for the queue item that it comes from, and tells it to whom
//! that leads; a launch that asks for a complete list is told the open ones before the list's end.
//!
//! A job is read whole at most once for its trace id, whoever asks ([`whole`]).
//!
//! The state is [`JobFeed`]'s, all of it; the files beside this one are its parts and its rules: what is asked when
//! ([`turns`]), what an answer changes ([`answers`]). One more request is a variant of [`JobCall`] and its turn, one more thing
//! to tell a variant of [`JobDelivery`].

mod answers;
mod board;
mod call;
mod listing;
mod routes;
mod subscriber;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod turns;
mod whole;

use std::collections::HashMap;
use std::rc::Rc;

use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use tokio::time::Instant;

use super::{Feed, Next, Share, Sink};
use crate::core::Moment;
use crate::core::ids::{CustomJobName, LaunchId, Scope};
use crate::core::job::JobView;
use crate::core::policy::{Budget, Sight};
use crate::core::source::{Health, Source};
use crate::gcp::Gcp;

use board::Board;
use listing::{Listed, Listing};
use routes::Routes;
use subscriber::Subscriber;
use turns::Lane;
use whole::Whole;

pub use call::{JobCall, JobReply};
pub use subscriber::{JobDelivery, JobSubscription};

/// Up to so many launches are each told of every open job.
const FEW: usize = 16;
/// So many requests may be saved up.
const BURST: f64 = 8.0;
/// Of the budget, reads of single jobs take at most this.
const READS: f64 = 0.4;

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
        let sought = self.routes.sought();
        self.routes.add(wanted);
        let few = !self.crowded;
        let known = self.board.find(|job| {
            let named = self.routes.of(job).contains(&wanted.launch);
            wanted.covers(job) && (named || (few && wanted.may_be_its(job)))
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
        let crowds = self.subscribers.len() > FEW && !std::mem::replace(&mut self.crowded, true);
        if crowds || self.routes.sought() > sought {
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
        let sought = self.routes.sought();
        self.routes.add_item(launch, item);
        let is_its = |job: &JobView| job.trace_id.as_deref() == Some(item) && subscriber.wanted.covers(job);
        for job in self.board.find(is_its) {
            (subscriber.sink)(JobDelivery::Detail(Box::new(job.clone())));
        }
        if self.routes.sought() > sought {
            self.find_out_more();
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
        self.routes.add_job(launch, &name);
        match self.board.detail(&name) {
            Some(job) => (subscriber.sink)(JobDelivery::Detail(Box::new(job))),
            None => self.whole.ask(launch, name),
        }
    }

    /// More is sought than before: of what is known already, too.
    fn find_out_more(&mut self) {
        let unread = self.board.find(|job| self.has_to_be_read(job));
        for job in unread {
            self.whole.find_out(&job.name);
        }
    }

    /// With many launches the hub itself reads jobs whole that may come from a queue item that somebody waits for; with few
    /// each launch asks for itself.
    fn has_to_be_read(&self, job: &JobView) -> bool {
        self.crowded && job.trace_id.is_none() && self.routes.sought().has(job)
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
        self.next_call(now)
    }

    fn on_reply(&mut self, now: Moment, reply: JobReply) {
        match reply {
            JobReply::Listed(answer) => self.take_page(now.mono, answer),
            JobReply::Fetched(name, answer) => self.fetched(now.mono, &name, *answer),
        }
    }

    fn perform(gcp: Gcp, call: JobCall) -> LocalBoxFuture<'static, JobReply> {
        call.perform(gcp).boxed_local()
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
