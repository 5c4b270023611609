//! Typed Google Cloud calls.
