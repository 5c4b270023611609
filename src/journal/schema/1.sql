-- Version 1. A published step never changes; what comes later is a step of its own.
-- Times are microseconds since 1970 in UTC. JSON is text, so that `sqlite3` shows it.

CREATE TABLE batches (
    id          TEXT PRIMARY KEY NOT NULL,
    created_at  INTEGER NOT NULL,
    source      TEXT,              -- the batch file; null for stdin
    digest      TEXT,              -- of the batch file's bytes
    options     TEXT NOT NULL,     -- JSON: what the command line said
    finished_at INTEGER,           -- null while `resume` has something to do
    exit_code   INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX batches_by_time ON batches (created_at);

CREATE TABLE launches (
    key        INTEGER PRIMARY KEY,
    id         TEXT NOT NULL UNIQUE,
    batch      TEXT REFERENCES batches (id),
    name       TEXT,
    position   INTEGER NOT NULL,   -- within the batch, from 0
    created_at INTEGER NOT NULL,
    project    TEXT NOT NULL,
    job        TEXT NOT NULL,      -- full name of the Cloud Run job
    spec       TEXT NOT NULL,      -- JSON, without secrets
    -- Of the last attempt, repeated here because people look launches up by them:
    outcome    TEXT,               -- null until it ended
    category   TEXT
) STRICT;

CREATE UNIQUE INDEX launches_by_batch ON launches (batch, position) WHERE batch IS NOT NULL;
CREATE INDEX launches_by_time ON launches (created_at);
CREATE INDEX launches_by_outcome ON launches (outcome, created_at);
CREATE INDEX launches_by_category ON launches (category, created_at) WHERE category IS NOT NULL;
CREATE INDEX launches_by_project ON launches (project, created_at);

CREATE TABLE labels (
    name   TEXT NOT NULL,
    value  TEXT NOT NULL,
    launch INTEGER NOT NULL REFERENCES launches (key),
    PRIMARY KEY (name, value, launch)
) STRICT, WITHOUT ROWID;

CREATE INDEX labels_by_launch ON labels (launch);

CREATE TABLE attempts (
    key         INTEGER PRIMARY KEY,
    launch      INTEGER NOT NULL REFERENCES launches (key),
    number      INTEGER NOT NULL,  -- from 1
    runner      TEXT NOT NULL UNIQUE, -- the LIFTOFF_LAUNCH_ID that its runner gets
    state       TEXT NOT NULL CHECK (state IN ('planned', 'intended', 'accepted', 'ended')),
    intent_at   INTEGER,           -- before `jobs.run` left
    bare        INTEGER NOT NULL DEFAULT 0, -- its runner was not given the id
    execution   TEXT,              -- full name
    short       TEXT,              -- the end of it, as people write it
    operation   TEXT,
    accepted_at INTEGER,
    ended_at    INTEGER,
    started     TEXT,              -- no, yes, unknown
    elapsed_ms  INTEGER,
    exit_code   INTEGER,
    verdict     TEXT,              -- JSON, merged with its diagnosis
    failure     TEXT,              -- JSON: why there is no verdict
    UNIQUE (launch, number)
) STRICT;

CREATE INDEX attempts_by_short ON attempts (short) WHERE short IS NOT NULL;

CREATE TABLE events (
    attempt    INTEGER NOT NULL REFERENCES attempts (key),
    seq        INTEGER NOT NULL,   -- from 1; where numbers are missing, events were left out
    at         INTEGER NOT NULL,
    elapsed_ms INTEGER,
    data       TEXT NOT NULL,      -- JSON: the event without what is common to all
    PRIMARY KEY (attempt, seq)
) STRICT, WITHOUT ROWID;
