//! The `liftoff` command.

fn main() {}
