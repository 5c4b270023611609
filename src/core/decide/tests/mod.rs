//! The judge's tables: launches played signal by signal, with no clock but the one in the script.

mod endings;
mod interleavings;
mod kit;
mod lost;
mod siblings;
