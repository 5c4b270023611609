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

/// What `classify --help` says first.
pub(super) const CLASSIFY: &str = "\
Say what the lines of a runner's log mean: fatal, transient, benign, success, progress or info.

Reads FILE, or standard input; shows each line with its label, marks the line that decides (the last one marked does), and
ends with the cause and what to do about it. Line by line, in constant memory.";

/// What the exit code of `classify` means.
pub(super) const CLASSIFY_EXIT_CODES: &str = "\
Exit codes:
  0    nothing is fatal; with --input jsonl, the input was readable
  1    something is fatal
  2    usage, configuration, patterns, or input that cannot be read";

/// What `doctor --help` says first.
pub(super) const DOCTOR: &str = "\
Say what would keep a launch from working: credentials, APIs, permissions, job, region, quota, journal, patterns, clock; and
the command that mends it.

Reads, and starts nothing: with JOB, Cloud Run is also asked whether it would start it (validateOnly). What only a real
launch can show is not looked at: the permissions to cancel, the W&B queue, and the quota for accelerators.";

/// What `launch --help` says first.
pub(super) const LAUNCH: &str = "\
Start a runner and supervise the launch until there is one verdict.

ARGS replace the arguments that the Cloud Run job was deployed with; without ARGS the job keeps its own.";

/// What `batch --help` says first.
pub(super) const BATCH: &str = "\
Launch everything that a file says, and supervise it together.

The exit code is the worst of its launches. A flag here holds for every launch and outranks the file; what a launch says \
outranks the file's defaults, and these outrank LIFTOFF_* variables and liftoff.toml.";

/// What `batch --help` says last: the file.
pub(super) const BATCH_FILE: &str = "\
The file, in TOML:
  [defaults]             # what holds for each launch that says nothing else
  job = \"train\"
  args = [\"--lr\", \"{lr}\", \"--seed={seed}\"]
  env = { WANDB_RUN_GROUP = \"sweep-7\" }

  [[launch]]             # six launches, named train-1e-4-1 and so on
  matrix = { lr = [1e-4, 1e-5], seed = [1, 2, 3] }

  [[launch]]             # one more
  name = \"baseline\"
  args = []
  timeout = \"30m\"

  Fields: name, id, job, project, region, vertex-project, vertex-region, args,
  env, labels, queue-item, run-id, run-name, until, timeout, attribution,
  accept-unconfirmed, on-failure, on-timeout, on-interrupt, repeat, matrix.
  A launch has the defaults' variables and labels besides its own.
  `repeat = N` launches the same N times. {repeat} and the {names} of a matrix
  stand in name, id, args, env, labels, queue-item, run-id and run-name; for a
  brace that is meant as such, write it twice. Numbers stay as they are spelled.

JSON: {\"defaults\": {...}, \"launch\": [{...}, ...]}

CSV: a row for each launch under a header of field names. env.NAME and label.NAME
  are columns, args is split as a shell splits words, an empty cell says nothing.

Exit codes: see liftoff --help. 2 also means that the file has mistakes: each is
named, and nothing was started.";
