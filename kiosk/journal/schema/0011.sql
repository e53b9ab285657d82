-- Pages may be added to a case after staff have taken out those that were there.
ALTER TABLE scans ADD COLUMN exported INTEGER NOT NULL DEFAULT 0;  -- how many pages staff have
UPDATE scans SET exported = pages WHERE exported_at IS NOT NULL;
