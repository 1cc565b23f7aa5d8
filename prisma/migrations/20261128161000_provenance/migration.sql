-- How a commit came to its branch: the pull request, and who approved it. Asked of the host when it is due.
ALTER TABLE "revisions" ADD COLUMN "provenance" JSONB;
ALTER TABLE "revisions" ADD COLUMN "provenance_due" TIMESTAMPTZ(3) DEFAULT CURRENT_TIMESTAMP;
CREATE INDEX "revisions_provenance_due" ON "revisions"("organization_id", "repository_id", "committed_at" DESC)
  WHERE "provenance_due" IS NOT NULL;

-- The worker finds what is due before it enters the organization. Reading only.
CREATE POLICY "routing" ON "revisions" FOR SELECT USING (plumbline_setting('scope') = 'routing');
