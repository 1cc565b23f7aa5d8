import { organizationRoute } from "#lib/http/route.ts";
import { connectRepository } from "#lib/repositories/connect-repository.ts";
import { ConnectRepositoryInput } from "#lib/repositories/schemas.ts";

export const PUT = organizationRoute(
  ({ ctx, params, input }) => connectRepository({ ctx, input: { ...input, repositoryId: params.id ?? "" } }),
  ConnectRepositoryInput,
);
