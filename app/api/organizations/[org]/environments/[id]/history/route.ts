import { listHistory } from "#lib/environments/list-history.ts";
import { organizationRoute } from "#lib/http/route.ts";

export const GET = organizationRoute(({ ctx, params, query }) =>
  listHistory({
    ctx,
    input: {
      id: params.id ?? "",
      after: query.get("after"),
      only: query.get("only"),
      entry: query.get("entry"),
    },
  }),
);
