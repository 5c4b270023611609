//! Vertex AI API v1: `projects.locations.customJobs`, and the operations of their deletions.
//!
//! Source: discovery document `aiplatform.v1`. Jobs come from the scenarios of accepted runs, and from `create`.

mod filter;
pub(super) mod jobs;
mod machines;
mod mask;
pub(super) mod operations;
mod spec;
