-- One-time codes, hashed. Outside the chain: a row is forgotten some time after its code has ended.
CREATE TABLE one_time_codes (
    code_id    TEXT PRIMARY KEY,
    purpose    TEXT    NOT NULL,
    subject    TEXT    NOT NULL,
    case_id    TEXT,
    state      TEXT    NOT NULL CHECK (state IN ('live', 'used', 'expired', 'revoked', 'blocked')),
    hash       TEXT    NOT NULL,  -- argon2id of a keyed hash; empty once the code has ended
    issued_at  TEXT    NOT NULL,
    expires_at TEXT    NOT NULL,
    failures   INTEGER NOT NULL DEFAULT 0,
    wait_until TEXT,
    wait_s     REAL    NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX one_time_codes_live ON one_time_codes (purpose, subject) WHERE state = 'live';
CREATE INDEX one_time_codes_subject ON one_time_codes (purpose, subject);

-- A projection: each thing that ever was to lie in a compartment. A case may have several, each with its own.
CREATE TABLE deposits (
    seq          INTEGER PRIMARY KEY,  -- of the event that reserved the compartment
    case_id      TEXT NOT NULL,
    cell         TEXT NOT NULL,
    bound        TEXT NOT NULL,        -- for whom it lies there: 'staff' or 'citizen'
    kind         TEXT NOT NULL DEFAULT '',
    state        TEXT NOT NULL,
    evidence     TEXT NOT NULL DEFAULT '',
    requested_at TEXT NOT NULL,
    held_at      TEXT,
    ended_at     TEXT,
    ended_by     TEXT
) STRICT;
CREATE INDEX deposits_case ON deposits (case_id, seq);
CREATE INDEX deposits_state ON deposits (state, seq);
CREATE INDEX deposits_cell ON deposits (cell, seq);
CREATE INDEX deposits_held ON deposits (held_at) WHERE held_at IS NOT NULL;
