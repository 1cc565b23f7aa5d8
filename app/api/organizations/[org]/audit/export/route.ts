import { exportAudit } from "#lib/audit/export-audit.ts";
import { filterFrom } from "#lib/audit/list-audit.ts";
import { organizationRoute } from "#lib/http/route.ts";
import { streamResponse } from "#lib/http/stream.ts";

export const GET = organizationRoute(async ({ ctx, query }) => {
  const input = { ...filterFrom(query), format: query.get("format") };
  const { lines, type, name } = await exportAudit({ ctx, input });
  return streamResponse(lines, {
    "content-type": type,
    "content-disposition": `attachment; filename="${name}"`,
  });
});
