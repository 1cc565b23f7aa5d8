


-- CreateTable
CREATE TABLE "organizations" (
    "id" UUID NOT NULL,
    "slug" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "organizations_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "users" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "email" TEXT,
    "avatar_url" TEXT,
    "password_hash" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "users_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "accounts" (
    "provider" TEXT NOT NULL,
    "provider_account_id" TEXT NOT NULL,
    "user_id" UUID NOT NULL,
    "login" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "accounts_pkey" PRIMARY KEY ("provider","provider_account_id")
);

-- CreateTable
CREATE TABLE "sessions" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "user_agent" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "sessions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "setup_links" (
    "token_hash" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),

    CONSTRAINT "setup_links_pkey" PRIMARY KEY ("token_hash")
);

-- CreateTable
CREATE TABLE "memberships" (
    "organization_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "role" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "memberships_pkey" PRIMARY KEY ("organization_id","user_id")
);

-- CreateTable
CREATE TABLE "invitations" (
    "organization_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "email" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "invited_by" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "accepted_at" TIMESTAMPTZ(3),

    CONSTRAINT "invitations_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "clusters" (
    "organization_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "uid" TEXT,
    "kubernetes_version" TEXT,
    "agent_version" TEXT,
    "simulated" BOOLEAN NOT NULL DEFAULT false,
    "invalid" JSONB NOT NULL DEFAULT '[]',
    "silent" BOOLEAN NOT NULL DEFAULT false,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "connected_at" TIMESTAMPTZ(3),
    "last_seen_at" TIMESTAMPTZ(3),

    CONSTRAINT "clusters_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "agent_tokens" (
    "organization_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "cluster_id" UUID NOT NULL,
    "hash" TEXT NOT NULL,
    "ending" TEXT NOT NULL,
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_used_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "agent_tokens_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "agent_sessions" (
    "organization_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "cluster_id" UUID NOT NULL,
    "token_id" UUID NOT NULL,
    "stream" UUID NOT NULL,
    "protocol" INTEGER NOT NULL,
    "agent_version" TEXT NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "agent_sessions_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "repositories" (
    "organization_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "url" TEXT NOT NULL,
    "address" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "connection" TEXT NOT NULL DEFAULT 'none',
    "connection_message" TEXT,
    "last_webhook_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "repositories_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "git_installations" (
    "organization_id" UUID NOT NULL,
    "repository_id" UUID NOT NULL,
    "token_encrypted" BYTEA NOT NULL,
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "git_installations_pkey" PRIMARY KEY ("organization_id","repository_id")
);

-- CreateTable
CREATE TABLE "environments" (
    "organization_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "cluster_id" UUID NOT NULL,
    "repository_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "ref" TEXT NOT NULL,
    "path" TEXT NOT NULL,
    "mode" TEXT NOT NULL,
    "renderer" TEXT NOT NULL,
    "namespace" TEXT,
    "prune" BOOLEAN NOT NULL,
    "labels" JSONB NOT NULL DEFAULT '{}',
    "state" TEXT NOT NULL DEFAULT 'Unknown',
    "causes" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "reason" TEXT NOT NULL DEFAULT 'The agent has not reported this environment yet.',
    "state_since" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "summary" TEXT NOT NULL DEFAULT '',
    "counts" JSONB NOT NULL DEFAULT '{"sync":{},"health":{},"cause":{}}',
    "problem" JSONB,
    "suspended" JSONB,
    "applying" BOOLEAN NOT NULL DEFAULT false,
    "moving_since" TIMESTAMPTZ(3),
    "head_revision" TEXT,
    "compared_revision" TEXT,
    "rendered_digest" TEXT,
    "converged_revision" TEXT,
    "converged_at" TIMESTAMPTZ(3),
    "stream" UUID,
    "sequence" INTEGER,
    "observed_at" TIMESTAMPTZ(3),
    "reported_at" TIMESTAMPTZ(3),
    "report_problem" TEXT,
    "report_problem_at" TIMESTAMPTZ(3),
    "recheck_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "removed_at" TIMESTAMPTZ(3),

    CONSTRAINT "environments_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "resources" (
    "organization_id" UUID NOT NULL,
    "environment_id" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "ref" JSONB NOT NULL,
    "sync" TEXT NOT NULL,
    "sync_reason" TEXT,
    "health" TEXT NOT NULL,
    "health_reason" TEXT,
    "cause" TEXT,
    "changes" JSONB NOT NULL DEFAULT '[]',
    "ignored" INTEGER,
    "desired_digest" TEXT,
    "observed_digest" TEXT,
    "source" JSONB,

    CONSTRAINT "resources_pkey" PRIMARY KEY ("organization_id","environment_id","key")
);

-- CreateTable
CREATE TABLE "manifests" (
    "organization_id" UUID NOT NULL,
    "digest" TEXT NOT NULL,
    "body" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "manifests_pkey" PRIMARY KEY ("organization_id","digest")
);

-- CreateTable
CREATE TABLE "renderings" (
    "organization_id" UUID NOT NULL,
    "environment_id" UUID NOT NULL,
    "rendered_digest" TEXT NOT NULL,
    "manifests" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "renderings_pkey" PRIMARY KEY ("organization_id","environment_id","rendered_digest")
);

-- CreateTable
CREATE TABLE "revisions" (
    "organization_id" UUID NOT NULL,
    "repository_id" UUID NOT NULL,
    "revision" TEXT NOT NULL,
    "author" TEXT NOT NULL,
    "author_email" TEXT,
    "committed_at" TIMESTAMPTZ(3) NOT NULL,
    "subject" TEXT NOT NULL,

    CONSTRAINT "revisions_pkey" PRIMARY KEY ("organization_id","repository_id","revision")
);

-- CreateTable
CREATE TABLE "syncs" (
    "organization_id" UUID NOT NULL,
    "environment_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "revision" TEXT NOT NULL,
    "trigger" TEXT NOT NULL,
    "mode" TEXT NOT NULL,
    "outcome" TEXT NOT NULL,
    "message" TEXT,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "finished_at" TIMESTAMPTZ(3) NOT NULL,
    "rendered_digest" TEXT,
    "objects" JSONB NOT NULL DEFAULT '[]',
    "converged_at" TIMESTAMPTZ(3),
    "proven" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "syncs_pkey" PRIMARY KEY ("organization_id","environment_id","id")
);

-- CreateTable
CREATE TABLE "divergences" (
    "organization_id" UUID NOT NULL,
    "environment_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),
    "causes" TEXT[],
    "objects" INTEGER NOT NULL,
    "summary" TEXT NOT NULL,
    "revision" TEXT,
    "evidence" JSONB NOT NULL DEFAULT '[]',

    CONSTRAINT "divergences_pkey" PRIMARY KEY ("organization_id","environment_id","id")
);

-- CreateTable
CREATE TABLE "pull_requests" (
    "organization_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "environment_id" UUID NOT NULL,
    "repository_id" UUID NOT NULL,
    "status" TEXT NOT NULL,
    "number" INTEGER,
    "url" TEXT,
    "branch" TEXT NOT NULL,
    "from_revision" TEXT NOT NULL,
    "to_revision" TEXT NOT NULL,
    "merge_revision" TEXT,
    "target_digest" TEXT,
    "reason" TEXT NOT NULL,
    "requested_by" UUID NOT NULL,
    "requester" TEXT NOT NULL,
    "proven" BOOLEAN NOT NULL DEFAULT false,
    "problem" TEXT,
    "requested_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "opened_at" TIMESTAMPTZ(3),
    "merged_at" TIMESTAMPTZ(3),
    "converged_at" TIMESTAMPTZ(3),
    "closed_at" TIMESTAMPTZ(3),
    "checked_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "pull_requests_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "audit_events" (
    "organization_id" UUID NOT NULL,
    "sequence" BIGINT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "actor_kind" TEXT NOT NULL,
    "actor_id" TEXT,
    "actor_name" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "subject_kind" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "subject_name" TEXT NOT NULL,
    "details" JSONB NOT NULL,
    "address" TEXT,
    "previous_hash" TEXT NOT NULL,
    "hash" TEXT NOT NULL,

    CONSTRAINT "audit_events_pkey" PRIMARY KEY ("organization_id","sequence")
);

-- CreateTable
CREATE TABLE "webhook_deliveries" (
    "id" TEXT NOT NULL,
    "event" TEXT NOT NULL,
    "address" TEXT,
    "payload" JSONB NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "handled_at" TIMESTAMPTZ(3),

    CONSTRAINT "webhook_deliveries_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "organizations_slug_key" ON "organizations"("slug");

-- CreateIndex
CREATE UNIQUE INDEX "users_email_key" ON "users"("email");

-- CreateIndex
CREATE INDEX "accounts_user_id_idx" ON "accounts"("user_id");

-- CreateIndex
CREATE INDEX "sessions_user_id_idx" ON "sessions"("user_id");

-- CreateIndex
CREATE INDEX "sessions_expires_at_idx" ON "sessions"("expires_at");

-- CreateIndex
CREATE INDEX "memberships_user_id_idx" ON "memberships"("user_id");

-- CreateIndex
CREATE INDEX "invitations_email_idx" ON "invitations"("email");

-- CreateIndex
CREATE UNIQUE INDEX "invitations_organization_id_email_key" ON "invitations"("organization_id", "email");

-- CreateIndex
CREATE UNIQUE INDEX "clusters_organization_id_name_key" ON "clusters"("organization_id", "name");

-- CreateIndex
CREATE UNIQUE INDEX "agent_tokens_hash_key" ON "agent_tokens"("hash");

-- CreateIndex
CREATE INDEX "agent_tokens_organization_id_cluster_id_idx" ON "agent_tokens"("organization_id", "cluster_id");

-- CreateIndex
CREATE INDEX "agent_sessions_organization_id_cluster_id_started_at_idx" ON "agent_sessions"("organization_id", "cluster_id", "started_at");

-- CreateIndex
CREATE INDEX "repositories_address_idx" ON "repositories"("address");

-- CreateIndex
CREATE UNIQUE INDEX "repositories_organization_id_address_key" ON "repositories"("organization_id", "address");

-- CreateIndex
CREATE INDEX "environments_organization_id_repository_id_idx" ON "environments"("organization_id", "repository_id");

-- CreateIndex
CREATE INDEX "environments_recheck_at_idx" ON "environments"("recheck_at");

-- CreateIndex
CREATE UNIQUE INDEX "environments_organization_id_cluster_id_name_key" ON "environments"("organization_id", "cluster_id", "name");

-- CreateIndex
CREATE INDEX "syncs_organization_id_environment_id_finished_at_id_idx" ON "syncs"("organization_id", "environment_id", "finished_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "syncs_organization_id_environment_id_revision_idx" ON "syncs"("organization_id", "environment_id", "revision");

-- CreateIndex
CREATE INDEX "divergences_organization_id_environment_id_started_at_id_idx" ON "divergences"("organization_id", "environment_id", "started_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "pull_requests_organization_id_environment_id_requested_at_i_idx" ON "pull_requests"("organization_id", "environment_id", "requested_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "pull_requests_organization_id_repository_id_number_idx" ON "pull_requests"("organization_id", "repository_id", "number");

-- CreateIndex
CREATE INDEX "webhook_deliveries_received_at_idx" ON "webhook_deliveries"("received_at");

-- AddForeignKey
ALTER TABLE "accounts" ADD CONSTRAINT "accounts_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "memberships" ADD CONSTRAINT "memberships_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "memberships" ADD CONSTRAINT "memberships_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "invitations" ADD CONSTRAINT "invitations_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "clusters" ADD CONSTRAINT "clusters_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "agent_tokens" ADD CONSTRAINT "agent_tokens_organization_id_cluster_id_fkey" FOREIGN KEY ("organization_id", "cluster_id") REFERENCES "clusters"("organization_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "agent_sessions" ADD CONSTRAINT "agent_sessions_organization_id_cluster_id_fkey" FOREIGN KEY ("organization_id", "cluster_id") REFERENCES "clusters"("organization_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "repositories" ADD CONSTRAINT "repositories_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "environments" ADD CONSTRAINT "environments_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "environments" ADD CONSTRAINT "environments_organization_id_cluster_id_fkey" FOREIGN KEY ("organization_id", "cluster_id") REFERENCES "clusters"("organization_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "environments" ADD CONSTRAINT "environments_organization_id_repository_id_fkey" FOREIGN KEY ("organization_id", "repository_id") REFERENCES "repositories"("organization_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "resources" ADD CONSTRAINT "resources_organization_id_environment_id_fkey" FOREIGN KEY ("organization_id", "environment_id") REFERENCES "environments"("organization_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "renderings" ADD CONSTRAINT "renderings_organization_id_environment_id_fkey" FOREIGN KEY ("organization_id", "environment_id") REFERENCES "environments"("organization_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "revisions" ADD CONSTRAINT "revisions_organization_id_repository_id_fkey" FOREIGN KEY ("organization_id", "repository_id") REFERENCES "repositories"("organization_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "syncs" ADD CONSTRAINT "syncs_organization_id_environment_id_fkey" FOREIGN KEY ("organization_id", "environment_id") REFERENCES "environments"("organization_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "divergences" ADD CONSTRAINT "divergences_organization_id_environment_id_fkey" FOREIGN KEY ("organization_id", "environment_id") REFERENCES "environments"("organization_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "pull_requests" ADD CONSTRAINT "pull_requests_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "pull_requests" ADD CONSTRAINT "pull_requests_organization_id_environment_id_fkey" FOREIGN KEY ("organization_id", "environment_id") REFERENCES "environments"("organization_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "audit_events" ADD CONSTRAINT "audit_events_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- From here on written by hand: what Prisma's schema language cannot say.

-- Values
ALTER TABLE "memberships" ADD CONSTRAINT "memberships_role_check" CHECK ("role" IN ('viewer', 'operator', 'admin'));
ALTER TABLE "invitations" ADD CONSTRAINT "invitations_role_check" CHECK ("role" IN ('viewer', 'operator', 'admin'));
ALTER TABLE "invitations" ADD CONSTRAINT "invitations_email_check" CHECK ("email" = lower("email"));
ALTER TABLE "users" ADD CONSTRAINT "users_email_check" CHECK ("email" = lower("email"));
ALTER TABLE "agent_tokens" ADD CONSTRAINT "agent_tokens_hash_check" CHECK ("hash" ~ '^[0-9a-f]{64}$');
ALTER TABLE "repositories" ADD CONSTRAINT "repositories_connection_check" CHECK ("connection" IN ('none', 'connected', 'failing'));
ALTER TABLE "environments" ADD CONSTRAINT "environments_state_check" CHECK ("state" IN ('Unknown', 'Suspended', 'Converged', 'Converging', 'Diverged'));
ALTER TABLE "environments" ADD CONSTRAINT "environments_mode_check" CHECK ("mode" IN ('observe', 'sync'));
ALTER TABLE "environments" ADD CONSTRAINT "environments_report_check" CHECK (("stream" IS NULL) = ("sequence" IS NULL));
ALTER TABLE "resources" ADD CONSTRAINT "resources_sync_check" CHECK ("sync" IN ('Synced', 'Modified', 'Missing', 'Extra', 'Unknown'));
ALTER TABLE "resources" ADD CONSTRAINT "resources_health_check" CHECK ("health" IN ('Healthy', 'Progressing', 'Degraded', 'Suspended', 'Missing', 'Unknown'));
ALTER TABLE "manifests" ADD CONSTRAINT "manifests_digest_check" CHECK ("digest" ~ '^[0-9a-f]{64}$');
ALTER TABLE "syncs" ADD CONSTRAINT "syncs_outcome_check" CHECK ("outcome" IN ('observed', 'succeeded', 'failed', 'refused'));
ALTER TABLE "divergences" ADD CONSTRAINT "divergences_order_check" CHECK ("ended_at" IS NULL OR "ended_at" >= "started_at");
ALTER TABLE "pull_requests" ADD CONSTRAINT "pull_requests_status_check" CHECK ("status" IN ('requested', 'open', 'merged', 'converging', 'converged', 'closed', 'failed'));
ALTER TABLE "audit_events" ADD CONSTRAINT "audit_events_actor_check" CHECK ("actor_kind" IN ('person', 'agent', 'webhook', 'job', 'system'));

-- One open episode and one pull request on its way, per environment
CREATE UNIQUE INDEX "divergences_one_open" ON "divergences" ("organization_id", "environment_id") WHERE "ended_at" IS NULL;
CREATE UNIQUE INDEX "pull_requests_one_pending" ON "pull_requests" ("organization_id", "environment_id") WHERE "status" IN ('requested', 'open');
CREATE INDEX "pull_requests_unfinished" ON "pull_requests" ("checked_at") WHERE "status" IN ('requested', 'open', 'merged', 'converging');
CREATE INDEX "syncs_unconverged" ON "syncs" ("organization_id", "environment_id", "revision") WHERE "converged_at" IS NULL;
CREATE INDEX "clusters_speaking" ON "clusters" ("last_seen_at") WHERE NOT "silent" AND "last_seen_at" IS NOT NULL;

-- The application's role owns nothing and bypasses nothing.
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'plumbline_app') THEN
    CREATE ROLE plumbline_app NOLOGIN NOBYPASSRLS NOCREATEDB NOCREATEROLE NOSUPERUSER;
  END IF;
END $$;
GRANT USAGE ON SCHEMA public TO plumbline_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON
  "organizations", "users", "accounts", "sessions", "setup_links", "memberships", "invitations", "clusters",
  "agent_tokens", "agent_sessions", "repositories", "git_installations", "environments", "resources", "manifests",
  "renderings", "revisions", "syncs", "divergences", "pull_requests", "webhook_deliveries"
  TO plumbline_app;
GRANT SELECT, INSERT ON "audit_events" TO plumbline_app;

-- Tenancy: rows exist for the organization the transaction has named, and for no other.
CREATE FUNCTION plumbline_setting(name text) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT nullif(current_setting('plumbline.' || name, true), '') $$;

ALTER TABLE "organizations" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "organizations" FORCE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "organizations"
  USING ("id" = plumbline_setting('organization')::uuid) WITH CHECK ("id" = plumbline_setting('organization')::uuid);

DO $$ DECLARE tenant_table text; BEGIN
  FOREACH tenant_table IN ARRAY ARRAY['memberships', 'invitations', 'clusters', 'agent_tokens', 'agent_sessions',
    'repositories', 'git_installations', 'environments', 'resources', 'manifests', 'renderings', 'revisions', 'syncs',
    'divergences', 'pull_requests', 'audit_events'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format('CREATE POLICY "tenant" ON %I
      USING ("organization_id" = plumbline_setting(''organization'')::uuid)
      WITH CHECK ("organization_id" = plumbline_setting(''organization'')::uuid)', tenant_table);
  END LOOP;
END $$;

-- Before an organization is known: people see their own memberships and invitations, and an agent
-- finds its token by possessing it. Reading only.
CREATE POLICY "own" ON "memberships" FOR SELECT USING ("user_id" = plumbline_setting('user')::uuid);
CREATE POLICY "own" ON "invitations" FOR SELECT USING ("email" = plumbline_setting('email'));
CREATE POLICY "own" ON "organizations" FOR SELECT USING (
  EXISTS (SELECT FROM "memberships" m WHERE m."organization_id" = "organizations"."id" AND m."user_id" = plumbline_setting('user')::uuid));
CREATE POLICY "possession" ON "agent_tokens" FOR SELECT USING ("hash" = plumbline_setting('token'));

-- The clock and the webhook router must find what is due before they enter its organization. Reading only.
CREATE POLICY "routing" ON "clusters" FOR SELECT USING (plumbline_setting('scope') = 'routing');
CREATE POLICY "routing" ON "environments" FOR SELECT USING (plumbline_setting('scope') = 'routing');
CREATE POLICY "routing" ON "repositories" FOR SELECT USING (plumbline_setting('scope') = 'routing');
CREATE POLICY "routing" ON "pull_requests" FOR SELECT USING (plumbline_setting('scope') = 'routing');
