//! What an answer changes, and who is told of it.

use tokio::time::Instant;

use super::listing::Listing;
use super::routes::is_open;
use super::subscriber::Subscriber;
use super::turns::Lane;
use super::whole::Failed;
use super::{JobDelivery, JobFeed};
use crate::core::ids::CustomJobName;
use crate::core::job::JobView;
use crate::core::source::Health;
use crate::gcp::{ErrorKind, JobsPage, Listed};
use crate::hub::Failure;

/// A launch that asks which open jobs there are is told of so many, the newest.
pub(super) const CANDIDATES: usize = 20;

impl JobFeed {
    /// A page of a list, or why there is none.
    pub(super) fn take_page(&mut self, now: Instant, answer: Result<JobsPage, Failure>) {
        let Some(lane) = self.in_flight.take() else {
            return;
        };
        match (answer, self.listing(lane).take()) {
            (Ok(page), Some(mut read)) => {
                let ended = read.take(&page);
                self.take_jobs(page.fresh);
                if ended {
                    self.complete(now, &read);
                } else {
                    *self.listing(lane) = Some(read);
                }
            }
            (Err(failure), Some(_)) => self.failed(now, &failure),
            (_, None) => {} // nobody waits for it any more
        }
    }

    fn listing(&mut self, lane: Lane) -> &mut Option<Listing> {
        match lane {
            Lane::News => &mut self.listing,
            Lane::Window => &mut self.window,
        }
    }

    /// The jobs of a page: what its first shows is not kept waiting for the last, and no list is kept whole.
    fn take_jobs(&mut self, fresh: Vec<Listed<JobView>>) {
        for job in self.board.take(fresh) {
            self.tell(&job);
            if self.has_to_be_read(&job) {
                self.whole.find_out(&job.name);
            }
        }
    }

    fn complete(&mut self, now: Instant, listing: &Listing) {
        self.listed.completed(listing);
        if listing.whole {
            self.tell_listed(listing.begun);
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

    /// A job that was read whole, or why it could not be.
    pub(super) fn fetched(&mut self, now: Instant, name: &CustomJobName, answer: Result<JobView, Failure>) {
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

    /// Tells of a job: those that its marks name; all, where they are few and it may be anybody's.
    fn tell(&self, job: &JobView) {
        let few = !self.crowded;
        let named = self.routes.of(job);
        let send = |subscriber: &Subscriber| (subscriber.sink)(JobDelivery::Jobs(vec![job.clone()]));
        if few {
            let concerned = self.subscribers.values().filter(|s| {
                s.wanted.covers(job) && (named.contains(&s.wanted.launch) || s.wanted.may_be_its(job))
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

    pub(super) fn tell_health(&self, health: Option<Health>) {
        let Some(health) = health else { return };
        for subscriber in self.subscribers.values() {
            (subscriber.sink)(JobDelivery::Health(health.clone()));
        }
    }
}
