-- A person's account on GitHub, as which the pull requests that they ask for are opened; a person's, not a tenant's.
CREATE TABLE "github_identities" (
    "user_id" UUID NOT NULL,
    "account_id" TEXT NOT NULL,
    "login" TEXT NOT NULL,
    "via" TEXT NOT NULL,
    "client_id" TEXT NOT NULL,
    "token_encrypted" BYTEA NOT NULL,
    "problem" TEXT,
    "connected_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "github_identities_pkey" PRIMARY KEY ("user_id")
);
ALTER TABLE "github_identities" ADD CONSTRAINT "github_identities_user_id_fkey"
  FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;
GRANT SELECT, INSERT, UPDATE, DELETE ON "github_identities" TO plumbline_app;

ALTER TABLE "pull_requests" ADD COLUMN "opened_by" TEXT;
