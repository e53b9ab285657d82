-- Erasing a case looks for it here: without these each case of a sweep reads the whole of a year.
CREATE INDEX person_index_case ON person_index (case_id);
CREATE INDEX one_time_codes_case ON one_time_codes (case_id) WHERE case_id IS NOT NULL;
-- The sweep itself: cases in a state, by when they were last heard of.
DROP INDEX cases_last_fact;
CREATE INDEX cases_last_fact ON cases (state, last_fact_at) WHERE last_fact_at IS NOT NULL;
