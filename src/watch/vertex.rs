//! The custom job's watcher.

use std::rc::Rc;

use crate::core::signal::Signal;
use crate::core::source::Source;
use crate::gcp::Gcp;
use crate::hub::Port;
use crate::hub::job::{JobDelivery, JobFeed, JobSubscription};

use super::Watch;

/// Watches the jobs that may be one launch's.
#[derive(Debug)]
pub struct VertexWatch {
    port: Port<JobFeed>,
    gcp: Gcp,
    subscription: Rc<JobSubscription>,
}

impl VertexWatch {
    /// A watcher for this launch.
    pub fn new(port: Port<JobFeed>, gcp: Gcp, subscription: JobSubscription) -> Self {
        Self {
            port,
            gcp,
            subscription: Rc::new(subscription),
        }
    }
}

impl Watch for VertexWatch {
    const SOURCE: Source = Source::Vertex;
    const NAME: &'static str = "VertexWatcher";
    type Delivery = JobDelivery;
    /// Nothing: the hub tells a successor what is known.
    type Cursor = ();

    fn subscribe(&mut self, sink: Box<dyn Fn(JobDelivery)>) {
        let now = self.gcp.moment().mono;
        self.port
            .ask(|feed| feed.subscribe(now, &self.subscription, sink));
    }

    fn on_delivery(&mut self, delivery: JobDelivery) -> Vec<Signal> {
        match delivery {
            JobDelivery::Jobs(jobs) => vec![Signal::Jobs(jobs)],
            JobDelivery::Detail(job) => vec![Signal::JobDetail(job)],
            JobDelivery::DetailFailed(name) => vec![Signal::JobDetailFailed(name)],
            JobDelivery::Listed(begun) => {
                vec![Signal::ReadDone {
                    source: Source::Vertex,
                    begun,
                    sweep: true,
                }]
            }
            JobDelivery::Health(health) => vec![Signal::Health(Source::Vertex, health)],
        }
    }

    fn cursor(&self) {}
}
