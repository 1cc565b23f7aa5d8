-- A sync may also be superseded: something newer was applied before its objects were healthy.
ALTER TABLE "syncs" DROP CONSTRAINT "syncs_outcome_check";
ALTER TABLE "syncs" ADD CONSTRAINT "syncs_outcome_check" CHECK ("outcome" IN ('observed', 'succeeded', 'failed', 'refused', 'superseded'));
