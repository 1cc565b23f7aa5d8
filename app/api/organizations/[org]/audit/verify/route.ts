import { verifyAudit } from "#lib/audit/verify-audit.ts";
import { organizationRoute } from "#lib/http/route.ts";

export const POST = organizationRoute(verifyAudit);
