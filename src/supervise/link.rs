//! How a child actor is tied to its parent: the only file that knows how actix dies.
//!
//! An actor is one task; its panic is that task's, and nobody else's. The task's end is exact and typed (ended, panicked,
//! killed), and aborting the task ends the actor whatever it is doing. `actix::Supervisor` sees none of this: it restarts
//! after `ctx.stop()` and not after a panic.

use std::any::Any;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{self, Poll, ready};

use actix::prelude::*;
use futures_util::FutureExt;
use tokio::task::{AbortHandle, JoinError, JoinHandle};

/// Kills the child when dropped: a parent that stops, panics or forgets takes its children along.
#[derive(Debug)]
pub struct Link(AbortHandle);

impl Drop for Link {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// A child whose parent asks how it ended: see [`spawn_held`]. Kills the child when dropped.
#[derive(Debug)]
pub struct Held(JoinHandle<()>);

impl Drop for Held {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Held {
    /// For who is told of the end instead of asking: what kills the child, and what waits for its end.
    fn told(mut self) -> (Link, impl Future<Output = Exit>) {
        let link = Link(self.0.abort_handle());
        (link, poll_fn(move |task| self.poll_exit(task)))
    }

    /// Kills the child; its exit is still to be heard.
    pub fn kill(&self) {
        self.0.abort();
    }

    /// How the child ended, once it has. Not to be asked again then.
    pub fn poll_exit(&mut self, task: &mut task::Context<'_>) -> Poll<Exit> {
        let joined = ready!(Pin::new(&mut self.0).poll(task));
        Poll::Ready(joined.map_or_else(Exit::of, |()| Exit::Normal))
    }
}

/// How a child ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Exit {
    /// It stopped.
    Normal,
    /// It panicked, with this text.
    Panicked(String),
    /// Its link was dropped.
    Killed,
}

impl Exit {
    fn of(error: JoinError) -> Self {
        if error.is_panic() {
            Self::Panicked(text_of(&*error.into_panic()))
        } else {
            Self::Killed
        }
    }
}

impl std::fmt::Display for Exit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Normal => f.write_str("it stopped"),
            Self::Panicked(text) => write!(f, "it panicked: {text}"),
            Self::Killed => f.write_str("it did not answer and was killed"),
        }
    }
}

/// Starts a child and tells the parent how it ended. Whatever the child sent before its end arrives before.
///
/// For parents with a few children: every `ctx.spawn` is polled whenever the parent wakes. [`spawn_monitored`] is for many,
/// [`spawn_held`] for thousands of parents.
pub fn spawn_linked<P, C>(
    child: C,
    parent: &P,
    ctx: &mut Context<P>,
    on_exit: impl FnOnce(Exit, &mut P, &mut Context<P>) + 'static,
) -> (Addr<C>, Link)
where
    P: Actor<Context = Context<P>>,
    C: Actor<Context = Context<C>>,
{
    let (addr, held) = spawn_held(child);
    let (link, exit) = held.told();
    ctx.spawn(exit.into_actor(parent).map(on_exit));
    (addr, link)
}

/// Starts a child whose end is told by a task of its own: the same for one child or ten thousand.
pub fn spawn_monitored<C>(child: C, on_exit: impl FnOnce(Exit) + 'static) -> (Addr<C>, Link)
where
    C: Actor<Context = Context<C>>,
{
    let (addr, held) = spawn_held(child);
    let (link, exit) = held.told();
    actix_rt::spawn(exit.map(on_exit));
    (addr, link)
}

/// Starts a child whose parent keeps it and asks how it ended, in a future that hears of all its children: a future for each
/// costs half a kilobyte for a parent with three.
pub fn spawn_held<C>(child: C) -> (Addr<C>, Held)
where
    C: Actor<Context = Context<C>>,
{
    let context = Context::new();
    let addr = context.address();
    (addr, Held(actix_rt::spawn(context.into_future(child))))
}

fn text_of(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().map(ToString::to_string);
    let text = text.or_else(|| payload.downcast_ref::<String>().cloned());
    text.unwrap_or_else(|| "no text".to_owned())
        .chars()
        .take(500)
        .collect()
}
