-- A third channel: submissions to the city's approval system.
CREATE TABLE outbox_anew (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    message_id TEXT    NOT NULL UNIQUE,
    event_seq  INTEGER NOT NULL,
    channel    TEXT    NOT NULL CHECK (channel IN ('mqtt', 'sms', 'approval')),
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

-- How far the news of that system were heard. Written with the facts that came of them, so that each is heard once.
CREATE TABLE approval_cursor (one INTEGER PRIMARY KEY CHECK (one = 1), cursor TEXT NOT NULL) STRICT;
INSERT INTO approval_cursor VALUES (1, '');
