-- History narrowed to what failed costs the same however rare that is.
create index "syncs_failed_idx" on "syncs" ("organization_id", "environment_id", "finished_at" desc, "id" desc)
  where outcome in ('failed', 'refused');
create index "divergences_failed_idx" on "divergences" ("organization_id", "environment_id", "started_at" desc, "id" desc)
  where 'failed' = any(causes);
