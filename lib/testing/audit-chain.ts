import { pipeline } from "node:stream/promises";
import type pg from "pg";
import { from as copyFrom } from "pg-copy-streams";
import { type ChainedEvent, canonicalLine, currentVersion, genesisHash, hashEvent } from "../audit/rules.ts";
import type { AuditVerification } from "../audit/schemas.ts";
import { verifyAudit } from "../audit/verify-audit.ts";

const columns = `version, organization_id, sequence, at, actor_kind, actor_id, actor_name, action, subject_kind,
  subject_id, subject_name, details, address, previous_hash, hash`;

/** One event of a chain as the application would have written it, after the one with `previousHash`. */
export function chainedEvent(
  organizationId: string,
  sequence: number,
  previousHash: string,
  over: Partial<ChainedEvent> = {},
): ChainedEvent {
  const event = {
    version: currentVersion,
    organizationId,
    sequence: BigInt(sequence),
    at: new Date(1_790_000_000_000 + sequence * 997).toISOString(),
    actorKind: "person",
    actorId: "3f6f0d3a-3d0f-4b52-9d43-1f8a5b0c7a11",
    actorName: sequence % 3 ? "Ada Lovelace" : "Grace\tHopper \\ “Amazing”",
    action: sequence % 2 ? "rollback.requested" : "environment.suspended",
    subjectKind: "environment",
    subjectId: `e-${sequence % 1000}`,
    subjectName: "production",
    details: JSON.stringify({ reason: `quotes time out\nsince ${sequence}`, revision: "0123456789abcdef" }),
    address: sequence % 5 ? "10.1.2.3" : null,
    previousHash,
    ...over,
  };
  return { ...event, hash: hashEvent(event) ?? "" };
}

const line = (event: ChainedEvent) => `${canonicalLine(event)}\t${event.hash}\n`;

/** Puts a whole chain of `count` events into the table, as its owner. */
export async function fillChain(owner: pg.Client, organizationId: string, count: number): Promise<void> {
  function* lines() {
    let previous = genesisHash;
    for (let sequence = 1; sequence <= count; ) {
      let block = "";
      for (const end = Math.min(count, sequence + 499); sequence <= end; sequence++) {
        const event = chainedEvent(organizationId, sequence, previous);
        previous = event.hash;
        block += line(event);
      }
      yield block;
    }
  }
  await owner.query("begin");
  // Else the owner, who is bound by the policies too, would see nothing.
  await owner.query("select set_config('plumbline.organization', $1, false)", [organizationId]);
  await owner.query("delete from audit_events where organization_id = $1", [organizationId]);
  await pipeline(lines, owner.query(copyFrom(`copy audit_events (${columns}) from stdin`)));
  await owner.query("commit");
}

/** What a verification found, once it has come to its end. */
export async function verified(input: Parameters<typeof verifyAudit>[0]): Promise<AuditVerification> {
  for await (const line of verifyAudit(input)) if ("result" in line) return line.result;
  throw new Error("The verification came to no end.");
}

/** Puts one event into the table, as its owner. */
export async function plant(owner: pg.Client, event: ChainedEvent): Promise<void> {
  await pipeline([line(event)], owner.query(copyFrom(`copy audit_events (${columns}) from stdin`)));
}
