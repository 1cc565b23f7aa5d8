import { VerifyAuditInput } from "#lib/audit/schemas.ts";
import { verifyAudit } from "#lib/audit/verify-audit.ts";
import { organizationRoute } from "#lib/http/route.ts";
import { jsonLines, streamResponse } from "#lib/http/stream.ts";

export const POST = organizationRoute(
  async (call) => streamResponse(jsonLines(verifyAudit(call)), { "content-type": "application/x-ndjson" }),
  VerifyAuditInput,
);
