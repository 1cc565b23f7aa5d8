-- What the overview sorts and searches by stands in the environment's own row, so that ten thousand of them are
-- filtered by one scan of a small table, without a join.
-- Urgency is the place in lib/protocol/sign.ts's order, worst first; lib/fleet/list-fleet.data.test.ts holds them together.
ALTER TABLE "environments"
  ADD COLUMN "urgency" SMALLINT GENERATED ALWAYS AS (CASE
    WHEN "state" = 'Converged' THEN 7
    WHEN "state" = 'Suspended' THEN 6
    WHEN "state" = 'Converging' THEN 5
    WHEN "state" = 'Unknown' THEN 4
    WHEN 'failed' = ANY ("causes") THEN 0
    WHEN 'drift' = ANY ("causes") THEN 1
    WHEN 'pending' = ANY ("causes") THEN 3
    WHEN 'unhealthy' = ANY ("causes") THEN 2
    ELSE 0 END) STORED,
  ADD COLUMN "head_committed_at" TIMESTAMPTZ(3),
  ADD COLUMN "search" TEXT NOT NULL DEFAULT '';

CREATE FUNCTION plumbline_environment_search() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  head record;
BEGIN
  SELECT r."author", r."author_email", r."subject", r."committed_at" INTO head FROM "revisions" r
    WHERE r."organization_id" = NEW."organization_id" AND r."repository_id" = NEW."repository_id" AND r."revision" = NEW."head_revision";
  NEW."head_committed_at" := head."committed_at";
  NEW."search" := lower(concat_ws(chr(10),
    NEW."name",
    (SELECT c."name" FROM "clusters" c WHERE c."organization_id" = NEW."organization_id" AND c."id" = NEW."cluster_id"),
    (SELECT r."name" FROM "repositories" r WHERE r."organization_id" = NEW."organization_id" AND r."id" = NEW."repository_id"),
    left(NEW."path", 500),
    (SELECT left(string_agg(l.key || ':' || l.value, chr(10) ORDER BY l.key), 2000) FROM jsonb_each_text(NEW."labels") l),
    NEW."head_revision", left(head."author", 200), left(head."author_email", 200), left(head."subject", 500)));
  RETURN NEW;
END $$;

CREATE TRIGGER "environments_search_new" BEFORE INSERT ON "environments"
  FOR EACH ROW EXECUTE FUNCTION plumbline_environment_search();
CREATE TRIGGER "environments_search" BEFORE UPDATE ON "environments"
  FOR EACH ROW WHEN ((OLD."name", OLD."cluster_id", OLD."repository_id", OLD."path", OLD."labels", OLD."head_revision")
    IS DISTINCT FROM (NEW."name", NEW."cluster_id", NEW."repository_id", NEW."path", NEW."labels", NEW."head_revision"))
  EXECUTE FUNCTION plumbline_environment_search();

-- The fleet over time asks for the episodes of some days, of all environments.
CREATE INDEX "divergences_organization_id_ended_at_idx" ON "divergences"("organization_id", "ended_at");

-- What is there already. The owner, too, sees past no policy.
ALTER TABLE "environments" NO FORCE ROW LEVEL SECURITY;
ALTER TABLE "clusters" NO FORCE ROW LEVEL SECURITY;
ALTER TABLE "repositories" NO FORCE ROW LEVEL SECURITY;
ALTER TABLE "revisions" NO FORCE ROW LEVEL SECURITY;
UPDATE "environments" SET "path" = "path" || ' ';
UPDATE "environments" SET "path" = left("path", -1);
ALTER TABLE "environments" FORCE ROW LEVEL SECURITY;
ALTER TABLE "clusters" FORCE ROW LEVEL SECURITY;
ALTER TABLE "repositories" FORCE ROW LEVEL SECURITY;
ALTER TABLE "revisions" FORCE ROW LEVEL SECURITY;

-- A filter of the overview under a name: a person's own, or everybody's.
CREATE TABLE "saved_views" (
    "organization_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "query" TEXT NOT NULL,
    "shared" BOOLEAN NOT NULL DEFAULT false,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "saved_views_pkey" PRIMARY KEY ("organization_id","id")
);
CREATE UNIQUE INDEX "saved_views_organization_id_user_id_name_key" ON "saved_views"("organization_id", "user_id", "name");
ALTER TABLE "saved_views" ADD CONSTRAINT "saved_views_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "saved_views" ADD CONSTRAINT "saved_views_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;
GRANT SELECT, INSERT, UPDATE, DELETE ON "saved_views" TO plumbline_app;
ALTER TABLE "saved_views" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "saved_views" FORCE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "saved_views"
  USING ("organization_id" = plumbline_setting('organization')::uuid)
  WITH CHECK ("organization_id" = plumbline_setting('organization')::uuid);
