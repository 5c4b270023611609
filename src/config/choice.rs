//! The words of the settings about output.

use clap::ValueEnum;

/// What is written to stdout.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Output {
    /// Text for a person
    Human,
    /// One JSON object a line, and nothing else
    Json,
}

/// Whether text is coloured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// How much is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub enum Verbosity {
    /// The verdict and the summary only (`-q`)
    Quiet,
    /// The phases too
    Normal,
    /// The evidence and the sources too (`-v`)
    Verbose,
    /// Liftoff's own log too (`-vv`)
    Debug,
}

/// A word as it is written on the command line and in files.
pub(super) fn word<T: ValueEnum>(value: &T) -> String {
    value
        .to_possible_value()
        .map(|value| value.get_name().to_owned())
        .unwrap_or_default()
}
