import { listAuditChoices } from "#lib/audit/list-choices.ts";
import { organizationRoute } from "#lib/http/route.ts";

export const GET = organizationRoute(listAuditChoices);
