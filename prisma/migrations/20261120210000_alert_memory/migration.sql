-- AlterTable
ALTER TABLE "environments" ADD COLUMN     "alert_memory" JSONB NOT NULL DEFAULT '{}';

-- The newest of a channel's deliveries, the pending ones of one thread, and how an alert's stand.
CREATE INDEX "deliveries_organization_id_channel_id_created_at_idx" ON "deliveries"("organization_id", "channel_id", "created_at" DESC);
