//! Signals to this process, as a stream.

use futures_util::StreamExt as _;
use futures_util::stream::{self, select_all};
use tokio::signal::unix::{SignalKind, signal};

use crate::core::signal::Interrupt;
use crate::supervise::Interrupts;

/// Ctrl-C, `kill` and the loss of the terminal. A signal that cannot be listened for keeps its usual effect.
pub(super) fn interrupts() -> Interrupts {
    let kinds = [
        (SignalKind::interrupt(), Interrupt::Int),
        (SignalKind::terminate(), Interrupt::Term),
        (SignalKind::hangup(), Interrupt::Hup),
    ];
    let streams = kinds.into_iter().filter_map(|(kind, interrupt)| {
        let listener = signal(kind).ok()?;
        Some(Box::pin(stream::unfold(
            listener,
            move |mut listener| async move { listener.recv().await.map(|()| (interrupt, listener)) },
        )))
    });
    select_all(streams).boxed_local()
}
