-- How long the record is kept: exact manifests never longer than the outcomes they belong to.
ALTER TABLE "organizations" ADD COLUMN "manifest_months" INTEGER DEFAULT 13;
ALTER TABLE "organizations" ADD COLUMN "outcome_months" INTEGER DEFAULT 25;
ALTER TABLE "organizations" ADD CONSTRAINT "organizations_retention_check" CHECK (
  "manifest_months" >= 1 AND "outcome_months" >= 1
  AND ("outcome_months" IS NULL OR ("manifest_months" IS NOT NULL AND "manifest_months" <= "outcome_months")));

-- The newest sync of a revision, without sorting all that healed drift there.
DROP INDEX "syncs_organization_id_environment_id_revision_idx";
CREATE INDEX "syncs_organization_id_environment_id_revision_finished_at_idx" ON "syncs"("organization_id", "environment_id", "revision", "finished_at" DESC);
-- When a revision first converged; it takes the place of the index of what had not.
CREATE INDEX "syncs_revision_converged" ON "syncs" ("organization_id", "environment_id", "revision", "converged_at") WHERE "converged_at" IS NOT NULL;
DROP INDEX "syncs_unconverged";

-- What ran at an instant: the last sync before it that put something in place, or saw it in place. No coalesce():
-- PostgreSQL does not take it for leakproof, and under row-level security looks nothing up by what is not.
CREATE INDEX "syncs_effective" ON "syncs" ("organization_id", "environment_id", (CASE WHEN "applied_at" IS NULL THEN "finished_at" ELSE "applied_at" END) DESC, "id" DESC)
  WHERE "outcome" IN ('observed', 'succeeded') OR "applied_at" IS NOT NULL;
-- What was delivered on a day, and what was restored on it.
CREATE INDEX "syncs_converged" ON "syncs" ("organization_id", "environment_id", "converged_at") WHERE "converged_at" IS NOT NULL;
CREATE INDEX "divergences_ended" ON "divergences" ("organization_id", "environment_id", "ended_at") WHERE "ended_at" IS NOT NULL;
-- Which renderings a sync still refers to.
CREATE INDEX "syncs_rendered" ON "syncs" ("organization_id", "environment_id", "rendered_digest", "finished_at" DESC) WHERE "rendered_digest" IS NOT NULL;

CREATE TABLE "delivery_days" (
    "organization_id" UUID NOT NULL,
    "scope" UUID NOT NULL,
    "day" DATE NOT NULL,
    "stale" BOOLEAN NOT NULL DEFAULT false,
    "deployments" INTEGER NOT NULL DEFAULT 0,
    "changes" INTEGER NOT NULL DEFAULT 0,
    "failed_changes" INTEGER NOT NULL DEFAULT 0,
    "restores" INTEGER NOT NULL DEFAULT 0,
    "lead" JSONB NOT NULL DEFAULT '{}',
    "restore" JSONB NOT NULL DEFAULT '{}',

    CONSTRAINT "delivery_days_pkey" PRIMARY KEY ("organization_id","scope","day")
);
CREATE INDEX "delivery_days_organization_id_day_idx" ON "delivery_days"("organization_id", "day");
CREATE INDEX "delivery_days_stale" ON "delivery_days" ("organization_id", "day") WHERE "stale";
ALTER TABLE "delivery_days" ADD CONSTRAINT "delivery_days_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What was recorded before is counted by the worker's first turn. The owner, too, sees past no policy.
ALTER TABLE "syncs" NO FORCE ROW LEVEL SECURITY;
ALTER TABLE "divergences" NO FORCE ROW LEVEL SECURITY;
INSERT INTO "delivery_days" ("organization_id", "scope", "day", "stale")
  SELECT "organization_id", "environment_id", ("finished_at" AT TIME ZONE 'UTC')::date, true FROM "syncs"
  UNION SELECT "organization_id", "environment_id", ("converged_at" AT TIME ZONE 'UTC')::date, true FROM "syncs" WHERE "converged_at" IS NOT NULL
  UNION SELECT "organization_id", "environment_id", ("ended_at" AT TIME ZONE 'UTC')::date, true FROM "divergences" WHERE "ended_at" IS NOT NULL;
ALTER TABLE "syncs" FORCE ROW LEVEL SECURITY;
ALTER TABLE "divergences" FORCE ROW LEVEL SECURITY;

GRANT SELECT, INSERT, UPDATE, DELETE ON "delivery_days" TO plumbline_app;
ALTER TABLE "delivery_days" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "delivery_days" FORCE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "delivery_days"
  USING ("organization_id" = plumbline_setting('organization')::uuid)
  WITH CHECK ("organization_id" = plumbline_setting('organization')::uuid);
-- The worker finds whose days are to be counted before it enters the organization. Reading only.
CREATE POLICY "routing" ON "delivery_days" FOR SELECT USING (plumbline_setting('scope') = 'routing');
