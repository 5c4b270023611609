//! The built-in cloud.
