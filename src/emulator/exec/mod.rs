//! `--exec`: executions that are real processes of this machine.
//!
//! ```text
//! jobs.run ─▶ Cloud ── Order ─▶ work ─▶ one future per task ─▶ attempt: /bin/sh -c COMMAND, in a process group of its own
//!               ▲                                                  │ lines, exits
//!               └──────────────── record ◀─────────────────────────┘
//! ```
//!
//! The cloud owns what is known of an execution; this owns its processes. Each runs in a group that is killed when its attempt ends,
//! when the server stops, and, by a guard that reads from a pipe of this process, when this process dies in whatever way.

mod attempt;
mod environment;
mod lines;
mod record;

use std::sync::Arc;

use futures_util::future::join_all;
use tokio::sync::{Semaphore, mpsc, watch};
use tokio::task::JoinSet;

pub(crate) use environment::KeyFile;

use crate::emulator::{
    Exec,
    server::{Shared, stopped},
};

/// Processes of one execution at a time, whatever its parallelism: this is one machine.
const MAX_PROCESSES: usize = 64;

/// An execution that is to run.
#[derive(Debug)]
pub(crate) struct Order {
    /// Its number.
    pub(crate) run: usize,
    /// Turns true when it is cancelled.
    pub(crate) stop: watch::Receiver<bool>,
}

/// What every attempt needs to know.
struct Workshop {
    shared: Arc<Shared>,
    exec: Exec,
    key_file: KeyFile,
}

/// Runs what is ordered until the server stops; then nothing of it is left.
pub(crate) async fn work(
    shared: Arc<Shared>,
    exec: Exec,
    key_file: KeyFile,
    mut orders: mpsc::UnboundedReceiver<Order>,
) {
    let stopping = shared.stopping();
    let workshop = Arc::new(Workshop {
        shared,
        exec,
        key_file,
    });
    let mut executions = JoinSet::new();
    let mut stopped = std::pin::pin!(stopped(stopping));
    loop {
        tokio::select! {
            order = orders.recv() => match order {
                Some(order) => drop(executions.spawn(execute(Arc::clone(&workshop), order))),
                None => break,
            },
            Some(_) = executions.join_next() => {}
            () = &mut stopped => break,
        }
    }
    executions.shutdown().await; // dropping an attempt kills its processes
}

/// All tasks of an execution, as many at a time as it allows.
async fn execute(workshop: Arc<Workshop>, order: Order) {
    let Some(plan) = record::plan(&workshop.shared, order.run) else {
        return;
    };
    let mut stop = order.stop.clone();
    tokio::select! {
        () = tokio::time::sleep_until(plan.start) => {}
        _ = stop.wait_for(|stop| *stop) => {}
    }
    let gate = Semaphore::new(plan.parallelism.min(MAX_PROCESSES));
    let tasks = (0..plan.tasks).map(|task| live(&workshop, &order, task, plan.retries, &gate));
    join_all(tasks).await;
}

/// One task: attempts until one succeeds or there is none left.
async fn live(workshop: &Workshop, order: &Order, task: u32, retries: u32, gate: &Semaphore) {
    let _permit = gate.acquire().await;
    for attempt in 0..=retries {
        if *order.stop.borrow() {
            break;
        }
        let exit = attempt::run(workshop, order, task, attempt).await;
        if exit.is_success() {
            break;
        }
    }
    record::finished(&workshop.shared, order.run, task);
}
