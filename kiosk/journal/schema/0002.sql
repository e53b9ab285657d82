-- What a journal of years is asked often: the events of one case, and notices that did not arrive. Without these
-- indexes both read everything that ever happened. The expression is that of `queries.bodies_of_case`.
CREATE INDEX events_case ON events (json_extract(CAST(body AS TEXT), '$.data.case_id'), seq);
CREATE INDEX outbox_unsent ON outbox (created_at) WHERE state != 'sent';
