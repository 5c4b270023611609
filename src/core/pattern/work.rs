//! Counting the bytes that are looked at, so that tests can hold the work to what a text is worth. Outside of tests it is
//! nothing.

#[cfg(test)]
use std::cell::Cell;

#[cfg(test)]
thread_local! {
    static BYTES: Cell<usize> = const { Cell::new(0) };
}

/// Counts bytes that were looked at.
pub(super) fn count(bytes: usize) {
    #[cfg(test)]
    BYTES.set(BYTES.get() + bytes);
    #[cfg(not(test))]
    let _ = bytes;
}

/// The bytes that `work` looks at.
#[cfg(test)]
pub(crate) fn of(work: impl FnOnce()) -> usize {
    let before = BYTES.get();
    work();
    BYTES.get() - before
}
