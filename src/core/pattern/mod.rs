//! Patterns: what the lines of a runner's log mean, as data.
//!
//! One file under `config/patterns/` is one family (quota, permission, …); a pattern in it says which lines it speaks for
//! (`literals`, of which one must occur, and a `regex`) and what such a line means (`label`, `category`, `summary`, `hint`).
//!
//! ```text
//!  *.toml ──file──▶ PatternText ──compile──▶ Pattern ┐     (its regexes when a line first needs them: matcher)
//!                                                    ├─ PatternSet::best(Line, Context) ─▶ Hit ─▶ Finding
//!  entry text ──Sifted─▶ Line (colour, prefix, level)┘
//! ```
//!
//! The set is immutable and owned by whoever compiled it. A text is sifted for all literals at once before it is cut into
//! lines, so that nothing is done, and nothing allocated, for a line that no literal occurs in.
//!
//! To add a pattern: a `[[pattern]]` with `matches` and `ignores` examples in the family's file; they are tests. To add a
//! family: one file, and one line in `src/patterns.rs` that embeds it.

mod collector;
mod compile;
mod error;
mod escape;
mod file;
mod form;
mod guard;
mod hit;
mod json;
mod line;
mod literal;
mod logfmt;
mod matcher;
mod prefilter;
mod prefix;
mod set;
mod shape;
mod sieve;
mod sifted;
mod template;
pub(crate) mod work;

pub use compile::{Example, Pattern};
pub use error::{PatternError, PatternErrorKind};
pub use file::{On, Opens, PatternFile};
pub use hit::{Hit, Place};
pub use line::{Form, Level, Line, first_line, lines};
pub use set::{Context, Inside, PatternSet};
pub use sifted::Sifted;
pub use template::one_line;
