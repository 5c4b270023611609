//! The layers together.
