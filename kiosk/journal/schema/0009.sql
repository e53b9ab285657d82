-- Papers that follow later: what is still missing of a case, until when, and whether it was said that it is late.
CREATE TABLE promises (
    case_id TEXT PRIMARY KEY,
    missing TEXT NOT NULL,
    until   TEXT NOT NULL,
    told    INTEGER NOT NULL DEFAULT 0 CHECK (told IN (0, 1))
) STRICT;
