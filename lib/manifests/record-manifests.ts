import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { Agent } from "../auth/agent-tokens.ts";
import { withOrganization } from "../db.ts";
import { AppError } from "../errors.ts";
import type { ManifestsRequest } from "../protocol/report.ts";
import { sha256 } from "../secrets.ts";
import { imagesIn } from "./images.ts";

const zip = promisify(gzip);

/** Keeps masked manifests by their content; one whose digest is not its own is `invalid`, and none is kept then. */
export async function recordManifests({
  agent,
  input,
}: {
  agent: Agent;
  input: ManifestsRequest;
}): Promise<{ recorded: number }> {
  const { organizationId } = agent;
  const objects = input.manifests.map(({ digest, body }, index) => {
    if (sha256(body) !== digest)
      throw new AppError("invalid", `manifests.${index}.body: its SHA-256 is not ${digest}.`);
    const object = objectIn(body);
    if (!object) throw new AppError("invalid", `manifests.${index}.body: not a JSON object.`);
    return object;
  });
  const rows = await Promise.all(
    input.manifests.map(async ({ digest, body }, index) => ({
      organizationId,
      digest,
      body: new Uint8Array(await zip(body)),
      images: imagesIn(objects[index]),
    })),
  );
  const { count } = await withOrganization(organizationId, (tx) =>
    tx.manifest.createMany({ data: rows, skipDuplicates: true }),
  );
  return { recorded: count };
}

function objectIn(text: string): object | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}
