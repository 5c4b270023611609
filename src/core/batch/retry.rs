//! Which causes can pass on a second try.

/// Categories whose cause lies in the moment, not in the launch: capacity, a machine that was taken away, the network,
/// a service that was down (inside a give-up block that is `submit-failed`). A quota, a permission or an image will be the
/// same in a minute.
const PASSING: [&str; 10] = [
    "stockout",
    "preempted",
    "network",
    "service-unavailable",
    "server-error",
    "retries-exhausted",
    "service-agent-provisioning",
    "no-instance",
    "submit-failed",
    "rate-limited",
];

/// Whether a launch that failed for this cause may work when it is tried again.
pub fn can_pass(category: &str) -> bool {
    PASSING.contains(&category)
}
