-- Face checks that did not match, by keyed hash of the card's number: counted within a window, then forgotten.
CREATE TABLE face_mismatches (
    person  TEXT NOT NULL,
    at      TEXT NOT NULL,
    against INTEGER NOT NULL -- 1: the outcome spoke against the person, and counts for the kiosk too
) STRICT;
CREATE INDEX face_mismatches_at ON face_mismatches (at);

-- Telephone numbers that the back office knows, by keyed hash of the ID number; the number itself sealed.
CREATE TABLE known_phones (
    person TEXT PRIMARY KEY,
    sealed BLOB NOT NULL
) STRICT, WITHOUT ROWID;
