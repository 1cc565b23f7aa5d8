-- AlterTable
ALTER TABLE "environments" ADD COLUMN     "alert_at" TIMESTAMPTZ(3),
ADD COLUMN     "declared" JSONB NOT NULL DEFAULT '{}',
ADD COLUMN     "progress_deadline_ms" INTEGER NOT NULL DEFAULT 600000,
ADD COLUMN     "remote_suspend" BOOLEAN NOT NULL DEFAULT true,
ADD COLUMN     "waiting" TEXT;

-- AlterTable
ALTER TABLE "syncs" ADD COLUMN     "applied_at" TIMESTAMPTZ(3),
ADD COLUMN     "noticed_at" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "suspensions" (
    "organization_id" UUID NOT NULL,
    "environment_id" UUID NOT NULL,
    "reason" TEXT NOT NULL,
    "owner" TEXT NOT NULL,
    "owner_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "until" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "suspensions_pkey" PRIMARY KEY ("organization_id","environment_id")
);

-- CreateTable
CREATE TABLE "alert_policies" (
    "organization_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "environment_id" UUID,
    "diff_alert_after_ms" INTEGER NOT NULL,
    "remind_every_ms" INTEGER,
    "settle_ms" INTEGER NOT NULL,
    "suspended_too_long_ms" INTEGER NOT NULL,

    CONSTRAINT "alert_policies_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "notification_channels" (
    "organization_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "config" JSONB NOT NULL,
    "secret_encrypted" BYTEA,
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "disabled_at" TIMESTAMPTZ(3),

    CONSTRAINT "notification_channels_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "notification_rules" (
    "organization_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "channel_id" UUID NOT NULL,
    "environment_id" UUID,
    "kinds" TEXT[],
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "notification_rules_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "alerts" (
    "organization_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "environment_id" UUID,
    "cluster_id" UUID,
    "episode_id" UUID,
    "ordinal" INTEGER NOT NULL DEFAULT 0,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "message" JSONB NOT NULL,
    "muted" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "alerts_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "deliveries" (
    "organization_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "alert_id" UUID NOT NULL,
    "channel_id" UUID,
    "status" TEXT NOT NULL DEFAULT 'pending',
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "next_at" TIMESTAMPTZ(3),
    "problem" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "delivered_at" TIMESTAMPTZ(3),
    "thread" TEXT,

    CONSTRAINT "deliveries_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "mutes" (
    "organization_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "environment_id" UUID,
    "reason" TEXT NOT NULL,
    "muted_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "until" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "mutes_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateIndex
CREATE UNIQUE INDEX "alert_policies_organization_id_environment_id_key" ON "alert_policies"("organization_id", "environment_id") NULLS NOT DISTINCT;

-- CreateIndex
CREATE UNIQUE INDEX "notification_channels_organization_id_name_key" ON "notification_channels"("organization_id", "name");

-- CreateIndex
CREATE INDEX "notification_rules_organization_id_channel_id_idx" ON "notification_rules"("organization_id", "channel_id");

-- CreateIndex
CREATE INDEX "alerts_organization_id_at_id_idx" ON "alerts"("organization_id", "at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "alerts_organization_id_environment_id_at_idx" ON "alerts"("organization_id", "environment_id", "at" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "alerts_organization_id_key_key" ON "alerts"("organization_id", "key");

-- CreateIndex
CREATE INDEX "deliveries_organization_id_created_at_id_idx" ON "deliveries"("organization_id", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "deliveries_status_next_at_idx" ON "deliveries"("status", "next_at");

-- CreateIndex
CREATE UNIQUE INDEX "deliveries_organization_id_alert_id_channel_id_key" ON "deliveries"("organization_id", "alert_id", "channel_id") NULLS NOT DISTINCT;

-- CreateIndex
CREATE INDEX "mutes_organization_id_environment_id_idx" ON "mutes"("organization_id", "environment_id");

-- CreateIndex
CREATE INDEX "environments_alert_at_idx" ON "environments"("alert_at");

-- AddForeignKey
ALTER TABLE "suspensions" ADD CONSTRAINT "suspensions_organization_id_environment_id_fkey" FOREIGN KEY ("organization_id", "environment_id") REFERENCES "environments"("organization_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "alert_policies" ADD CONSTRAINT "alert_policies_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "notification_channels" ADD CONSTRAINT "notification_channels_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "notification_rules" ADD CONSTRAINT "notification_rules_organization_id_channel_id_fkey" FOREIGN KEY ("organization_id", "channel_id") REFERENCES "notification_channels"("organization_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "alerts" ADD CONSTRAINT "alerts_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "alerts" ADD CONSTRAINT "alerts_organization_id_environment_id_fkey" FOREIGN KEY ("organization_id", "environment_id") REFERENCES "environments"("organization_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "deliveries" ADD CONSTRAINT "deliveries_organization_id_alert_id_fkey" FOREIGN KEY ("organization_id", "alert_id") REFERENCES "alerts"("organization_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "deliveries" ADD CONSTRAINT "deliveries_organization_id_channel_id_fkey" FOREIGN KEY ("organization_id", "channel_id") REFERENCES "notification_channels"("organization_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "mutes" ADD CONSTRAINT "mutes_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "mutes" ADD CONSTRAINT "mutes_organization_id_environment_id_fkey" FOREIGN KEY ("organization_id", "environment_id") REFERENCES "environments"("organization_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;


-- An environment that goes takes its own policy, rules and mutes along.
ALTER TABLE "alert_policies" ADD CONSTRAINT "alert_policies_environment_fkey" FOREIGN KEY ("organization_id", "environment_id")
  REFERENCES "environments"("organization_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "notification_rules" ADD CONSTRAINT "notification_rules_environment_fkey" FOREIGN KEY ("organization_id", "environment_id")
  REFERENCES "environments"("organization_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

GRANT SELECT, INSERT, UPDATE, DELETE ON "suspensions", "alert_policies", "notification_channels", "notification_rules",
  "alerts", "deliveries", "mutes" TO plumbline_app;

DO $$ DECLARE tenant_table text; BEGIN
  FOREACH tenant_table IN ARRAY ARRAY['suspensions', 'alert_policies', 'notification_channels', 'notification_rules', 'alerts',
    'deliveries', 'mutes'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format('CREATE POLICY "tenant" ON %I
      USING ("organization_id" = plumbline_setting(''organization'')::uuid)
      WITH CHECK ("organization_id" = plumbline_setting(''organization'')::uuid)', tenant_table);
  END LOOP;
END $$;

-- The outbox's worker must find what is due before it enters its organization. Reading only.
CREATE POLICY "routing" ON "deliveries" FOR SELECT USING (plumbline_setting('scope') = 'routing');
CREATE POLICY "routing" ON "suspensions" FOR SELECT USING (plumbline_setting('scope') = 'routing');
