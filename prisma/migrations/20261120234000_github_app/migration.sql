-- The GitHub App that was created from the dashboard: the installation's, so without an organization.
CREATE TABLE "github_apps" (
    "web_url" TEXT NOT NULL,
    "app_id" BIGINT NOT NULL,
    "slug" TEXT NOT NULL,
    "client_id" TEXT NOT NULL,
    "secrets_encrypted" BYTEA NOT NULL,
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "github_apps_pkey" PRIMARY KEY ("web_url")
);

-- A person on the way to GitHub and back, by the hash of the state that they bring back; used once.
CREATE TABLE "github_flows" (
    "organization_id" UUID NOT NULL,
    "state_hash" TEXT NOT NULL,
    "session_id" UUID NOT NULL,
    "purpose" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "github_flows_pkey" PRIMARY KEY ("organization_id","state_hash")
);

-- A repository is reached by a token, or as the GitHub App.
ALTER TABLE "git_installations" ALTER COLUMN "token_encrypted" DROP NOT NULL;
ALTER TABLE "git_installations" ADD COLUMN "installation_id" BIGINT;
ALTER TABLE "git_installations" ADD COLUMN "host_repository_id" BIGINT;
CREATE INDEX "git_installations_installation_id_idx" ON "git_installations"("installation_id");
ALTER TABLE "git_installations" ADD CONSTRAINT "git_installations_one_way" CHECK (
  ("token_encrypted" IS NULL) = ("installation_id" IS NOT NULL)
  AND ("installation_id" IS NULL) = ("host_repository_id" IS NULL));

-- A webhook names an installation; whose repositories it reaches must be found.
CREATE POLICY "routing" ON "git_installations" FOR SELECT USING (plumbline_setting('scope') = 'routing');

ALTER TABLE "github_flows" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "github_flows" FORCE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "github_flows"
  USING ("organization_id" = plumbline_setting('organization')::uuid)
  WITH CHECK ("organization_id" = plumbline_setting('organization')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON "github_apps", "github_flows" TO plumbline_app;
