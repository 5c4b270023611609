//! The pure heart of Liftoff.
