-- The facts. Rows are added, never changed: body is hashed as stored.
CREATE TABLE events (
    seq     INTEGER PRIMARY KEY,
    type    TEXT    NOT NULL,
    version INTEGER NOT NULL,
    body    BLOB    NOT NULL,
    prev    BLOB    NOT NULL,
    hash    BLOB    NOT NULL UNIQUE
) STRICT;
CREATE INDEX events_type ON events (type, seq);
CREATE TRIGGER events_are_not_edited  BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'events are never edited'); END;
CREATE TRIGGER events_are_not_removed BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'events are never removed'); END;

-- What is still to be told. A row is born in the transaction of its fact.
CREATE TABLE outbox (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    message_id TEXT    NOT NULL UNIQUE,
    event_seq  INTEGER NOT NULL REFERENCES events (seq),
    channel    TEXT    NOT NULL CHECK (channel IN ('mqtt', 'sms')),
    recipient  TEXT    NOT NULL,
    case_id    TEXT,
    sealed     INTEGER NOT NULL CHECK (sealed IN (0, 1)),
    payload    BLOB    NOT NULL,
    state      TEXT    NOT NULL CHECK (state IN ('queued', 'sent', 'failed')),
    attempts   INTEGER NOT NULL DEFAULT 0,
    created_at TEXT    NOT NULL,
    next_at    TEXT    NOT NULL,
    settled_at TEXT,
    error      TEXT    NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX outbox_queue ON outbox (channel, recipient, id) WHERE state = 'queued';

-- A person's cases, found through a keyed hash. Outside the chain: erased with the case.
CREATE TABLE person_index (
    person  TEXT NOT NULL,
    case_id TEXT NOT NULL,
    PRIMARY KEY (person, case_id)
) STRICT, WITHOUT ROWID;

-- Name, telephone and PIN hash of staff, sealed. Outside the chain: can be erased.
CREATE TABLE staff_secrets (
    staff_no TEXT PRIMARY KEY,
    sealed   BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- Written after a checkpoint, so that the next fact finds a fresh log.
CREATE TABLE pulse (id INTEGER PRIMARY KEY CHECK (id = 1), beats INTEGER NOT NULL) STRICT;
INSERT INTO pulse VALUES (1, 0);

-- Projections: everything below can be rebuilt from the events.
CREATE TABLE compartments (
    cell    TEXT PRIMARY KEY,
    status  TEXT    NOT NULL,
    content TEXT    NOT NULL,
    case_id TEXT,
    uses    INTEGER NOT NULL,
    machine TEXT    NOT NULL  -- the whole state of the locker's machine, JSON
) STRICT, WITHOUT ROWID;

CREATE TABLE cases (
    case_id      TEXT PRIMARY KEY,
    item_code    TEXT NOT NULL DEFAULT '',
    department   TEXT NOT NULL DEFAULT '',
    identity     TEXT NOT NULL DEFAULT '',
    cell         TEXT,
    state        TEXT NOT NULL,
    evidence     TEXT NOT NULL DEFAULT '',
    opened_at    TEXT NOT NULL,
    held_at      TEXT,
    collected_at TEXT,
    collected_by TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX cases_state ON cases (state, held_at);
CREATE INDEX cases_held ON cases (held_at);

CREATE TABLE intents (
    operation_id TEXT PRIMARY KEY,
    cell         TEXT NOT NULL,
    case_id      TEXT,
    actor        TEXT NOT NULL,
    seq          INTEGER NOT NULL,
    at           TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE staff (
    staff_no     TEXT PRIMARY KEY,
    role         TEXT    NOT NULL,
    departments  TEXT    NOT NULL,
    told_for     TEXT    NOT NULL,
    active       INTEGER NOT NULL,
    added_seq    INTEGER NOT NULL,
    failures     INTEGER NOT NULL DEFAULT 0,
    locked_until TEXT,
    lock_s       REAL    NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
