//! What goes into the judgement of a launch, and what comes out of it.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::entry::LogEntry;
use super::event::EventKind;
use super::execution::{ExecutionView, TaskView};
use super::finding::Finding;
use super::ids::CustomJobName;
use super::job::JobView;
use super::source::{Health, Source};
use super::verdict::exit;

/// The signals that interrupt a launch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interrupt {
    /// Ctrl-C.
    Int,
    /// `kill`.
    Term,
    /// The terminal went away.
    Hup,
}

impl Interrupt {
    /// The exit code of a process that it ended: 128 and the signal's number.
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Int => exit::INTERRUPT,
            Self::Term => exit::TERMINATED,
            Self::Hup => exit::HANGUP,
        }
    }
}

/// One thing that a launch is told. Signals are repeatable: the same one twice changes nothing.
#[derive(Clone, Debug)]
pub enum Signal {
    /// The execution exists (started by us, adopted, or attached to).
    Started {
        /// Its first reading.
        execution: Arc<ExecutionView>,
        /// It was there before us, and the user asked for it by `watch`.
        watched: bool,
    },
    /// A line of the log, for whoever wants to see them all. Says nothing to the judge.
    Line(Arc<LogEntry>),
    /// What the log says, in the order in which it was read.
    Log(Vec<Finding>),
    /// The log shows this lag between printing and being readable.
    LogLag(Duration),
    /// A reading of the execution.
    Execution(Arc<ExecutionView>),
    /// The execution was seen and is gone (404, or another uid under its name).
    ExecutionGone,
    /// Readings of jobs that are new or have changed.
    Jobs(Vec<JobView>),
    /// A job read whole, with its trace id.
    JobDetail(Box<JobView>),
    /// A job could not be read whole: its trace id stays unknown.
    JobDetailFailed(CustomJobName),
    /// The results of the execution's tasks.
    Tasks(Vec<TaskView>),
    /// A complete read of a source: everything visible when it began has been delivered before this signal.
    ReadDone {
        /// Which.
        source: Source,
        /// When it began.
        begun: Instant,
        /// For the log: it swept back over the whole lateness allowance.
        sweep: bool,
    },
    /// A source's health changed.
    Health(Source, Health),
    /// No runner of this process's other launches is alive or to come: none can take this launch's item any more.
    Alone,
    /// A timer that [`Effect::WakeAt`] asked for.
    Tick,
    /// This process was told to stop.
    Interrupt(Interrupt),
}

/// What a launch wants done.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Tell whoever looks.
    Emit(Box<EventKind>),
    /// Send [`Signal::Tick`] then; replaces the timer asked for before.
    WakeAt(Instant),
    /// Read the execution at once.
    ReadExecution,
    /// Read the log once a second for a while: something needs confirming.
    ConfirmLog,
    /// Make a complete sweep of the log, begun no earlier than this.
    SweepLog {
        /// The earliest useful beginning.
        not_before: Instant,
    },
    /// List the jobs, begun no earlier than this.
    ListJobs {
        /// The earliest useful beginning.
        not_before: Instant,
    },
    /// Whether a job is expected any moment: list four times a second, not once.
    ExpectJob(bool),
    /// The job that comes from this queue item is this launch's.
    ExpectItem(String),
    /// This job is this launch's: its state is what matters now.
    Follow(CustomJobName),
    /// Read this job whole, for its trace id.
    FetchJob(CustomJobName),
    /// Read the results of the execution's tasks.
    ReadTasks,
    /// Cancel the execution and, where one is pinned, its job.
    Cancel {
        /// The pinned job.
        job: Option<CustomJobName>,
    },
    /// Stop every child; the launch is over once they are all seen to be gone.
    Finish,
}
