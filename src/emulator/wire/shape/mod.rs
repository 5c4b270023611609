//! Shapes of request messages, typed to the leaves: which names a message has, and what each may hold.
//!
//! A request may write `snake_case` names, enums as numbers and int64 as numbers; an answer never does. [`tidy`] turns one into
//! the other, and refuses a name that the message does not have or a value of a wrong type in the words of Google's front end,
//! with a `BadRequest` that names every such field. What a value means is the method's to judge.
//!
//! The tables are from the discovery documents, one file per API; `tests/conformance` puts a wrong value at each of their leaves.
//! One more message is one more entry there. Stricter than Google in one thing: a list is needed where a field is repeated.

mod place;
mod reader;
mod scalar;
#[cfg(test)]
mod tests;

pub(crate) mod logging;
pub(crate) mod run;
pub(crate) mod vertex;

use serde_json::Value;

use self::{place::Place, reader::Reader};
use crate::emulator::status::Status;

/// A message: its full name in the protos, and its fields.
#[derive(Debug)]
pub(crate) struct Message {
    name: &'static str,
    fields: &'static [(&'static str, Kind)],
}

/// An enum: its full name in the protos, and the numbers of its names.
#[derive(Debug)]
pub(crate) struct Enum {
    /// Such as `google.api.LaunchStage`.
    pub(crate) name: &'static str,
    /// Every name with its number.
    pub(crate) names: &'static [(&'static str, i64)],
}

/// What a field holds.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    Bool,
    Int32,
    /// JSON carries it as text.
    Int64,
    Text,
    /// `google.protobuf.Duration`.
    Duration,
    /// `google.protobuf.Timestamp`.
    Time,
    /// A number stands for the name at that place.
    Enum(&'static Enum),
    Message(&'static Message),
    List(&'static Kind),
    /// A map from text to text.
    Labels,
    /// `google.protobuf.Struct`: an object of the user's.
    Struct,
    /// `google.protobuf.Any`: an object that says its type.
    Any,
    /// What only answers hold: it has to be of its type, and is dropped.
    Output(&'static Kind),
}

/// Declares messages of a package, their fields grouped by what they hold.
macro_rules! messages {
    ($package:literal; $($(#[$note:meta])* $name:ident = $proto:literal { $($($field:ident)+: $kind:expr;)* })+) => {
        $($(#[$note])*
        pub(crate) static $name: $crate::emulator::wire::shape::Message = $crate::emulator::wire::shape::Message {
            name: concat!($package, ".", $proto),
            fields: &[$($((stringify!($field), $kind),)+)*],
        };)+
    };
}
use messages;

/// The message as an answer would show it. `root` is the field of the request that the body is; empty if it is the whole request.
pub(crate) fn tidy(sent: Value, message: &'static Message, root: &str) -> Result<Value, Status> {
    Reader::default().read(sent, message, &Place::Root(root))
}
