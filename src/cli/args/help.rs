//! Text of `--help` that no single argument owns.

/// What the process's exit code means.
pub(super) const EXIT_CODES: &str = "\
Exit codes:
  0    the goal was reached
  1    the launch failed; run it again after fixing the cause
  2    usage, configuration, or no such job; run it again after fixing it
  3    timed out; the runner may go on: `liftoff watch` it
  4    refused before anything started: credentials, permission, TLS, proxy
  5    undetermined: sight was lost, or ownership is unclear; `liftoff watch` it
  6    cancelled or deleted by someone
  7    a bug in Liftoff; `liftoff watch` the launch
  8    a runner may have started and it cannot be verified: check before running it again
  9    not started, and that is verified: unreachable or rate-limited; running it again is safe
  130, 143, 129    interrupted by SIGINT, SIGTERM, SIGHUP; `liftoff watch` the launch";

/// What `launch --help` says first.
pub(super) const LAUNCH: &str = "\
Start a runner and supervise the launch until there is one verdict.

ARGS replace the arguments that the Cloud Run job was deployed with; without ARGS the job keeps its own.";
