import { organizationRoute } from "#lib/http/route.ts";
import { createRule, listRules } from "#lib/notifications/rule-verbs.ts";
import { CreateRuleInput } from "#lib/notifications/schemas.ts";

export const GET = organizationRoute(listRules);
export const POST = organizationRoute(createRule, CreateRuleInput);
