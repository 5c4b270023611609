//! The built-in cloud.

pub mod lql;
