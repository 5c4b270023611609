//! Where events become lines: numbered, timed, and handed to whoever looks.

use std::cell::{Cell, RefCell};

use tokio::time::Instant;

use crate::clock::Clock;
use crate::core::event::{Event, EventKind, SCHEMA};
use crate::core::ids::LaunchId;

/// Whose event it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Who {
    /// The launch.
    pub launch: LaunchId,
    /// Its name in a batch.
    pub name: Option<String>,
    /// When it was asked for.
    pub begun: Instant,
    /// Which `jobs.run` of it.
    pub attempt: Option<u32>,
}

type Sink = Box<dyn FnMut(&Event)>;

/// Numbers and times the events of one process.
pub struct Bus {
    clock: Clock,
    seq: Cell<u64>,
    batch: Option<String>,
    sink: RefCell<Sink>,
}

impl std::fmt::Debug for Bus {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Bus({} events)", self.seq.get())
    }
}

impl Bus {
    /// A bus that ends in `sink`. The sink must not emit.
    pub fn new(clock: Clock, batch: Option<String>, sink: impl FnMut(&Event) + 'static) -> Self {
        Self {
            clock,
            seq: Cell::new(0),
            batch,
            sink: RefCell::new(Box::new(sink)),
        }
    }

    /// Tells an event that happened before this process, as the next of this one.
    pub fn relay(&self, event: &Event) {
        let seq = self.seq.get() + 1;
        self.seq.set(seq);
        (self.sink.borrow_mut())(&Event { seq, ..event.clone() });
    }

    /// Emits an event of a launch, or of the process, and gives it back for whoever records it.
    pub fn emit(&self, who: Option<&Who>, kind: EventKind) -> Event {
        let seq = self.seq.get() + 1;
        self.seq.set(seq);
        let elapsed = who.map(|who| Instant::now().saturating_duration_since(who.begun));
        let event = Event {
            schema: SCHEMA,
            seq,
            launch: who.map(|who| who.launch.to_string()),
            batch: self.batch.clone(),
            name: who.and_then(|who| who.name.clone()),
            attempt: who.and_then(|who| who.attempt),
            at: self.clock.now(),
            elapsed_ms: elapsed.map(|elapsed| u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX)),
            kind,
        };
        (self.sink.borrow_mut())(&event);
        event
    }
}
