-- Text as it was written, byte for byte: hashes are of it. Older events (version 1) hash its value, which stays.
ALTER TABLE "audit_events" ALTER COLUMN "details" SET DATA TYPE JSON USING "details"::text::json;
ALTER TABLE "audit_events" ADD COLUMN "version" SMALLINT NOT NULL DEFAULT 1;

CREATE INDEX "audit_events_organization_id_at_idx" ON "audit_events"("organization_id", "at" DESC);
CREATE INDEX "audit_events_organization_id_action_sequence_idx" ON "audit_events"("organization_id", "action", "sequence" DESC);
CREATE INDEX "audit_events_organization_id_actor_name_sequence_idx" ON "audit_events"("organization_id", "actor_name", "sequence" DESC);
CREATE INDEX "audit_events_organization_id_subject_kind_sequence_idx" ON "audit_events"("organization_id", "subject_kind", "sequence" DESC);

-- One writer a chain until it commits, and what the last one committed, in one round trip: each statement of a
-- volatile function sees what was committed before it, so the head is read as it is once the lock is held.
CREATE FUNCTION plumbline_audit_head(organization uuid) RETURNS TABLE ("sequence" bigint, "hash" text)
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('audit:' || organization::text, 0));
  RETURN QUERY SELECT e."sequence", e."hash" FROM "audit_events" e
    WHERE e."organization_id" = organization ORDER BY e."sequence" DESC LIMIT 1;
END $$;

-- A signed body counts once, whatever delivery id it comes with.
ALTER TABLE "webhook_deliveries" ADD COLUMN "body_digest" TEXT;
CREATE UNIQUE INDEX "webhook_deliveries_body_digest_key" ON "webhook_deliveries"("body_digest");
