-- CreateTable
CREATE TABLE "environment_revisions" (
    "organization_id" UUID NOT NULL,
    "environment_id" UUID NOT NULL,
    "revision" TEXT NOT NULL,
    "rendered_digest" TEXT,
    "inputs" JSONB NOT NULL,
    "committed_at" TIMESTAMPTZ(3) NOT NULL,
    "seen_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "environment_revisions_pkey" PRIMARY KEY ("organization_id","environment_id","revision")
);

-- CreateIndex
CREATE INDEX "environment_revisions_organization_id_environment_id_seen_a_idx" ON "environment_revisions"("organization_id", "environment_id", "seen_at" DESC, "revision" DESC);

-- AddForeignKey
ALTER TABLE "environment_revisions" ADD CONSTRAINT "environment_revisions_organization_id_environment_id_fkey" FOREIGN KEY ("organization_id", "environment_id") REFERENCES "environments"("organization_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

GRANT SELECT, INSERT, UPDATE, DELETE ON "environment_revisions" TO plumbline_app;

ALTER TABLE "environment_revisions" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "environment_revisions" FORCE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "environment_revisions"
  USING ("organization_id" = plumbline_setting('organization')::uuid)
  WITH CHECK ("organization_id" = plumbline_setting('organization')::uuid);
