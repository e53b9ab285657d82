-- Handed in by somebody else: of which cases, whether a letter of authorisation came along, who may fetch the result.
CREATE TABLE entrusted (
    case_id   TEXT PRIMARY KEY,
    letter    INTEGER NOT NULL CHECK (letter IN (0, 1)),
    may_fetch INTEGER NOT NULL CHECK (may_fetch IN (0, 1))
) STRICT;

-- The cases whose result an agent may fetch, found through a keyed hash of the agent's number, and never as the agent's
-- own. Outside the chain: erased with the case.
CREATE TABLE agent_index (
    person  TEXT NOT NULL,
    case_id TEXT NOT NULL,
    PRIMARY KEY (person, case_id)
) STRICT, WITHOUT ROWID;
