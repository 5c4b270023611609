//! The execution's watcher.

use std::sync::Arc;

use crate::core::ids::ExecutionName;
use crate::core::signal::Signal;
use crate::core::source::Source;
use crate::gcp::Gcp;
use crate::hub::Port;
use crate::hub::execution::{ExecutionDelivery, ExecutionFeed};

use super::Watch;

/// Watches one execution.
#[derive(Debug)]
pub struct ExecutionWatch {
    port: Port<ExecutionFeed>,
    gcp: Gcp,
    name: ExecutionName,
    operation: Option<Arc<str>>,
}

impl ExecutionWatch {
    /// A watcher of this execution; `operation` is what `jobs.run` answered with, where this process started it.
    pub fn new(
        port: Port<ExecutionFeed>,
        gcp: Gcp,
        name: ExecutionName,
        operation: Option<Arc<str>>,
    ) -> Self {
        Self {
            port,
            gcp,
            name,
            operation,
        }
    }
}

impl Watch for ExecutionWatch {
    const SOURCE: Source = Source::Execution;
    const NAME: &'static str = "ExecutionWatcher";
    type Delivery = ExecutionDelivery;
    /// Nothing: the hub tells a successor what is known.
    type Cursor = ();

    fn subscribe(&mut self, sink: Box<dyn Fn(ExecutionDelivery)>) {
        let now = self.gcp.moment().mono;
        self.port
            .ask(|feed| feed.subscribe(now, &self.name, self.operation.clone(), sink));
    }

    fn on_delivery(&mut self, delivery: ExecutionDelivery) -> Vec<Signal> {
        match delivery {
            ExecutionDelivery::View(view) => vec![Signal::Execution(view)],
            ExecutionDelivery::Gone => vec![Signal::ExecutionGone],
            ExecutionDelivery::Tasks(tasks) => vec![Signal::Tasks(tasks)],
            ExecutionDelivery::Health(health) => vec![Signal::Health(Source::Execution, health)],
        }
    }

    fn cursor(&self) {}
}
