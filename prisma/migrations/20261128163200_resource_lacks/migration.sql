-- The plural name of a kind that the agent may not read; few rows have one, and these are found by it.
ALTER TABLE "resources" ADD COLUMN "lacks" TEXT;
CREATE INDEX "resources_lacks_idx" ON "resources"("organization_id", "environment_id") WHERE "lacks" IS NOT NULL;
