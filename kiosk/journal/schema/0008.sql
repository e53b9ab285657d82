-- A projection: pages that were scanned instead of copied, sealed in files beside this one. Gone when the case is erased.
CREATE TABLE scans (
    case_id    TEXT PRIMARY KEY,
    pages      INTEGER NOT NULL,
    size       INTEGER NOT NULL,
    digest     TEXT    NOT NULL,
    whole      INTEGER NOT NULL CHECK (whole IN (0, 1)),  -- the case has no compartment
    sealed_at  TEXT    NOT NULL,
    exported_at TEXT
) STRICT;
