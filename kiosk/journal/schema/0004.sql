-- Old events move into sealed segments (rotation.py). `segments` follows from the events `SegmentSealed`; only what one
-- of them holds may leave `events`.
CREATE TABLE segments (
    first  INTEGER PRIMARY KEY,
    last   INTEGER NOT NULL,
    hash   TEXT    NOT NULL,  -- of the last event in it, hexadecimal
    sha256 TEXT    NOT NULL   -- of the file
) STRICT;
CREATE INDEX segments_last ON segments (last);
DROP TRIGGER events_are_not_removed;
CREATE TRIGGER events_are_not_removed BEFORE DELETE ON events
WHEN OLD.seq > (SELECT coalesce(max(last), 0) FROM segments)
BEGIN SELECT RAISE(ABORT, 'events are never removed'); END;

-- The outbox anew, without its foreign key: a notice may still be queued when its event has moved.
CREATE TABLE outbox_anew (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    message_id TEXT    NOT NULL UNIQUE,
    event_seq  INTEGER NOT NULL,
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
INSERT INTO outbox_anew SELECT * FROM outbox;
DROP TABLE outbox;
ALTER TABLE outbox_anew RENAME TO outbox;
CREATE INDEX outbox_queue ON outbox (channel, recipient, id) WHERE state = 'queued';
CREATE INDEX outbox_unsent ON outbox (created_at) WHERE state != 'sent';
CREATE INDEX outbox_event ON outbox (event_seq);

-- When a case was last heard of, for the sweep of personal data; null once that is erased.
ALTER TABLE cases ADD COLUMN last_fact_at TEXT;
UPDATE cases SET last_fact_at = coalesce(collected_at, held_at, opened_at);
CREATE INDEX cases_last_fact ON cases (last_fact_at) WHERE last_fact_at IS NOT NULL;
