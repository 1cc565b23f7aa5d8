import { anchorAudit, getAnchorSetting } from "#lib/audit/anchor-audit.ts";
import { organizationRoute } from "#lib/http/route.ts";

export const GET = organizationRoute(getAnchorSetting);

export const POST = organizationRoute(anchorAudit);
