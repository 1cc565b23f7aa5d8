-- What a resource is found by. In "C" order, so that what begins with a word is one stretch of the index: PostgreSQL
-- takes the comparison for leakproof, and so uses the index under row-level security, which it would not for "like".
ALTER TABLE "resources" ADD COLUMN "search" TEXT COLLATE "C"
  GENERATED ALWAYS AS (lower(("ref" ->> 'name') || ' ' || ("ref" ->> 'namespace') || ' ' || ("ref" ->> 'kind'))) STORED;
CREATE INDEX "resources_organization_id_search_idx" ON "resources"("organization_id", "search");

-- CreateIndex
CREATE INDEX "revisions_organization_id_committed_at_idx" ON "revisions"("organization_id", "committed_at" DESC);

-- CreateIndex
CREATE INDEX "environment_revisions_organization_id_revision_idx" ON "environment_revisions"("organization_id", "revision");
