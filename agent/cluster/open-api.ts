import { ApiError } from "./api-error.ts";
import type { Transport } from "./transport.ts";
import type { OpenApiDocument } from "./types.ts";

const INDEX_LIFETIME_MS = 30_000;
/** A CRD's document comes some moments after its discovery. */
const MISS_INTERVAL_MS = 1000;

type Index = { paths: Map<string, string>; fetchedAt: number };

/** OpenAPI v3 documents, fetched again only when the hash in the server's index changes. */
export class OpenApi {
  readonly #transport: Transport;
  readonly #documents = new Map<string, { address: string; document: Promise<OpenApiDocument> }>();
  #index: Promise<Index> | undefined;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  forget(): void {
    this.#index = undefined;
  }

  async document(groupVersion: string): Promise<OpenApiDocument | undefined> {
    const path = groupVersion.includes("/") ? `apis/${groupVersion}` : `api/${groupVersion}`;
    const address =
      (await this.#paths(INDEX_LIFETIME_MS)).get(path) ?? (await this.#paths(MISS_INTERVAL_MS)).get(path);
    if (!address) return undefined;
    const known = this.#documents.get(path);
    if (known?.address === address) return known.document;
    const document = this.#transport.send({ path: address }).then(({ body }) => definitionsOf(body));
    this.#documents.set(path, { address, document });
    document.catch(() => this.#documents.delete(path));
    return document;
  }

  async #paths(lifetimeMs: number): Promise<Map<string, string>> {
    const known = await this.#index?.catch(() => undefined);
    if (known && Date.now() - known.fetchedAt < lifetimeMs) return known.paths;
    this.#index = this.#fetchIndex();
    try {
      return (await this.#index).paths;
    } catch (error) {
      this.#index = undefined;
      if (known && error instanceof ApiError && error.retryable) return known.paths;
      throw error;
    }
  }

  async #fetchIndex(): Promise<Index> {
    const paths = new Map<string, string>();
    try {
      const { body } = await this.#transport.send({ path: "/openapi/v3" });
      const listed = (body as { paths?: Record<string, { serverRelativeURL?: string }> })?.paths ?? {};
      for (const [path, entry] of Object.entries(listed))
        paths.set(path, entry.serverRelativeURL ?? `/openapi/v3/${path}`);
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 404) throw error;
    }
    return { paths, fetchedAt: Date.now() };
  }
}

/** What is kept of a document: definitions without their descriptions, a small part of the whole. */
function definitionsOf(body: unknown): OpenApiDocument {
  const schemas = (body as OpenApiDocument | undefined)?.components?.schemas ?? {};
  return { components: { schemas: withoutDescriptions(schemas) as typeof schemas } };
}

/** Only texts go: a property that is called "description" is a schema, and stays. */
function withoutDescriptions(value: unknown): unknown {
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map(withoutDescriptions);
  const kept: Record<string, unknown> = {};
  for (const [key, part] of Object.entries(value))
    if (key === "default") kept[key] = part;
    else if (key !== "description" || typeof part !== "string") kept[key] = withoutDescriptions(part);
  return kept;
}
