//! The handle that launches write through, and the task behind it.
//!
//! ```text
//!  supervisors ─ Write ─▶ channel ─▶ drive: takes all that waits ─▶ spawn_blocking: one transaction ─▶ answers
//! ```
//!
//! While a transaction is under way, whatever comes waits for the next: the more launches, the more share one sync of the
//! disk. The disk is waited for in a thread of tokio's, never in the actors'. That also holds a paused clock: with a
//! blocking task in flight tokio does not move virtual time on, so a rehearsed write takes no time at all.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::{mpsc, oneshot};

use super::claim::{Claim, ClaimError, Owner, Subject};
use super::error::{Fault, JournalError};
use super::record::{Accepted, End, NewBatch, NewLaunch};
use super::store::Store;
use super::write::Write;
use crate::core::event::Event;
use crate::core::ids::LaunchId;

/// At most this many writes share a transaction: it is held back from other processes while it lasts.
const TOGETHER: usize = 512;
/// Events that may wait to be written; further ones are dropped and counted. Nothing else is ever dropped.
const WAITING: usize = 8192;

/// A journal to write to, or none. Clones write to the same.
///
/// Attempts are named by the id of their runner ([`LaunchSpec::runner_id`](crate::core::spec::LaunchSpec::runner_id)).
#[derive(Clone, Debug, Default)]
pub struct Journal {
    open: Option<Arc<Open>>,
    vital: bool,
}

#[derive(Debug)]
struct Open {
    path: PathBuf,
    owner: Owner,
    queue: mpsc::UnboundedSender<Message>,
    tally: Arc<Tally>,
}

/// What became of the writes.
#[derive(Debug, Default)]
struct Tally {
    /// Events that wait.
    waiting: AtomicUsize,
    /// Writes that were dropped or failed.
    lost: AtomicU64,
    /// Why the first of them failed.
    error: OnceLock<JournalError>,
}

impl Tally {
    /// Counts a write that failed. Said aloud once: a launch is worth more than its record.
    fn failed(&self, error: &JournalError) {
        self.lost.fetch_add(1, Ordering::Relaxed);
        if self.error.set(error.clone()).is_ok() {
            log::error!("{error}; what it holds may stay incomplete");
        }
    }
}

#[derive(Debug)]
struct Message {
    write: Write,
    answer: Option<oneshot::Sender<Result<(), JournalError>>>,
}

impl Journal {
    /// No journal: every write succeeds and is forgotten.
    pub fn none() -> Self {
        Self::default()
    }

    /// Opens the journal, or makes it. `owner` is this process, as others are told of it. Needs a tokio runtime, which has
    /// to live until [`Journal::close`].
    pub fn open(path: &Path, owner: Owner) -> Result<Self, JournalError> {
        let store = Store::open(path)?;
        let (queue, inbox) = mpsc::unbounded_channel();
        let tally = Arc::<Tally>::default();
        tokio::spawn(drive(store, inbox, Arc::clone(&tally)));
        let open = Open {
            path: path.to_owned(),
            owner,
            queue,
            tally,
        };
        Ok(Self {
            open: Some(Arc::new(open)),
            vital: false,
        })
    }

    /// The same journal, without whose record nothing may be begun: a batch's, which is resumed by it.
    #[must_use]
    pub fn vital(self) -> Self {
        Self { vital: true, ..self }
    }

    /// Whether nothing may be begun that is not on record.
    pub fn is_vital(&self) -> bool {
        self.vital
    }

    /// The file; `None` without a journal.
    pub fn path(&self) -> Option<&Path> {
        self.open.as_ref().map(|open| open.path.as_path())
    }

    /// Takes a batch or a launch for this process; without a journal there is nothing to take.
    pub fn claim(&self, subject: Subject<'_>) -> Result<Option<Claim>, ClaimError> {
        let Some(open) = &self.open else { return Ok(None) };
        Claim::take(&open.path, subject, &open.owner).map(Some)
    }

    /// Records a batch and all of its launches, planned: all or nothing, on disk.
    pub async fn create_batch(&self, batch: NewBatch, launches: Vec<NewLaunch>) -> Result<(), JournalError> {
        self.awaited(Write::Batch(batch, launches)).await
    }

    /// Records a launch outside of any batch, planned. One that is known already, by its id, goes on.
    pub async fn create_launch(&self, launch: NewLaunch) -> Result<(), JournalError> {
        self.awaited(Write::Launch(Box::new(launch))).await
    }

    /// Records a later attempt of a launch, planned. The first one is there already. One that is known goes on.
    pub async fn create_attempt(&self, launch: &LaunchId, number: u32) -> Result<(), JournalError> {
        let launch = launch.clone();
        self.awaited(Write::Attempt { launch, number }).await
    }

    /// Records that `jobs.run` is about to leave: once this returns, it is on disk. `bare`: the runner is not given its id.
    pub async fn intent(&self, runner: &LaunchId, at: Timestamp, bare: bool) -> Result<(), JournalError> {
        let runner = runner.clone();
        self.awaited(Write::Intent { runner, at, bare }).await
    }

    /// Records the execution: once this returns, it is on disk.
    pub async fn accepted(&self, runner: &LaunchId, accepted: Accepted) -> Result<(), JournalError> {
        self.awaited(Write::Accepted(runner.clone(), accepted)).await
    }

    /// Records an event of an attempt, soon. Events may be dropped where the disk does not keep up, and are then counted.
    pub fn event(&self, runner: &LaunchId, event: &Event) {
        let Some(open) = &self.open else { return };
        if open.tally.waiting.fetch_add(1, Ordering::Relaxed) >= WAITING {
            open.tally.waiting.fetch_sub(1, Ordering::Relaxed);
            open.tally.lost.fetch_add(1, Ordering::Relaxed);
            return;
        }
        self.send(Write::Event(runner.clone(), Box::new(event.clone())), None);
    }

    /// Records that an attempt started nothing after all, and that this was verified: it is planned again.
    pub fn withdrawn(&self, runner: &LaunchId) {
        self.send(Write::Withdrawn(runner.clone()), None);
    }

    /// Records the end of an attempt, soon, and on disk.
    pub fn ended(&self, runner: &LaunchId, end: End) {
        self.send(Write::Ended(runner.clone(), Box::new(end)), None);
    }

    /// Records the end of a batch: there is nothing to resume any more.
    pub async fn finish_batch(&self, id: &str, at: Timestamp, exit_code: u8) -> Result<(), JournalError> {
        self.awaited(Write::Finished(id.to_owned(), at, exit_code)).await
    }

    /// Waits until all that was recorded is on disk.
    pub async fn flush(&self) -> Result<(), JournalError> {
        self.awaited(Write::Nothing).await
    }

    /// Waits until all is on disk, for `grace` at most. A disk that hangs must not keep the process.
    pub async fn close(&self, grace: Duration) -> Closed {
        let in_time = tokio::time::timeout(grace, self.flush()).await.is_ok();
        let tally = self.open.as_ref().map(|open| &open.tally);
        Closed {
            in_time,
            lost: tally.map_or(0, |tally| tally.lost.load(Ordering::Relaxed)),
            error: tally.and_then(|tally| tally.error.get().cloned()),
        }
    }

    async fn awaited(&self, write: Write) -> Result<(), JournalError> {
        let Some(open) = &self.open else { return Ok(()) };
        let stopped = || JournalError::new(&open.path, Fault::Stopped);
        let (answer, answered) = oneshot::channel();
        self.send(write, Some(answer));
        answered.await.map_err(|_| stopped())?
    }

    fn send(&self, write: Write, answer: Option<oneshot::Sender<Result<(), JournalError>>>) {
        let Some(open) = &self.open else { return };
        if open.queue.send(Message { write, answer }).is_err() {
            open.tally.lost.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// How the journal was left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closed {
    /// All that could be written is. If not, a write still hangs, and so would the end of the runtime.
    pub in_time: bool,
    /// Writes that were dropped or failed.
    pub lost: u64,
    /// Why the first of them failed; `None` where they were only too many.
    pub error: Option<JournalError>,
}

/// Writes what comes, until nobody can send any more.
async fn drive(mut store: Store, mut inbox: mpsc::UnboundedReceiver<Message>, tally: Arc<Tally>) {
    let mut messages = Vec::new();
    while inbox.recv_many(&mut messages, TOGETHER).await > 0 {
        let work = std::mem::take(&mut messages);
        let events = work
            .iter()
            .filter(|message| matches!(message.write, Write::Event(..)));
        tally.waiting.fetch_sub(events.count(), Ordering::Relaxed);
        let written = tokio::task::spawn_blocking(move || {
            let writes: Vec<&Write> = work.iter().map(|message| &message.write).collect();
            let results = store.perform(&writes);
            (store, work, results)
        });
        let Ok((back, work, results)) = written.await else {
            log::error!("the journal's writer failed; nothing more is recorded");
            return;
        };
        store = back;
        for (message, result) in work.into_iter().zip(results) {
            if let Err(error) = &result {
                tally.failed(error);
            }
            if let Some(answer) = message.answer {
                drop(answer.send(result)); // whoever asked may be gone
            }
        }
    }
}
