-- What was chosen and restored, how the host sees it, and why it cannot go on.
ALTER TABLE "pull_requests" ADD COLUMN "narrow" BOOLEAN NOT NULL DEFAULT false;
ALTER TABLE "pull_requests" ADD COLUMN "commit_revision" TEXT;
ALTER TABLE "pull_requests" ADD COLUMN "paths" JSONB;
ALTER TABLE "pull_requests" ADD COLUMN "commit_sha" TEXT;
ALTER TABLE "pull_requests" ADD COLUMN "failure" TEXT;
ALTER TABLE "pull_requests" ADD COLUMN "retry_at" TIMESTAMPTZ(3);
ALTER TABLE "pull_requests" ADD COLUMN "host" JSONB;
ALTER TABLE "pull_requests" ADD COLUMN "converged_digest" TEXT;

-- After a rollback, automation must not move an environment until a person or a newer revision lifts it.
ALTER TABLE "environments" ADD COLUMN "held_since" TIMESTAMPTZ(3);
ALTER TABLE "environments" ADD COLUMN "held_reason" TEXT;
ALTER TABLE "environments" ADD COLUMN "held_by" TEXT;
ALTER TABLE "environments" ADD COLUMN "held_pull_request_id" UUID;
