//! The built-in cloud.

pub mod lql;
pub mod token;
