import pg from "pg";
import { to as copyTo } from "pg-copy-streams";
import { env } from "../env.ts";
import { type ChainedEvent, canonicalColumns, parseLine } from "./rules.ts";

/** Few enough that hashing them holds up nothing else in the process for long. */
const pageSize = 4000;

/** One organization's events as PostgreSQL prints them: pages of lines, in order, the next one read ahead. */
export type ChainReader = {
  pages(): AsyncGenerator<Buffer>;
  /** Events that say they were written after the one with this hash; slow, as no index has it. */
  writtenAfter(hash: string, butNot: bigint): Promise<ChainedEvent[]>;
  isLast(sequence: bigint): Promise<boolean>;
  /** A number up to `last` that stands more than once; null where there is none. */
  findDouble(last: number): Promise<number | null>;
  /** The number of the newest event, 0 where there is none. */
  last(): Promise<number>;
  close(): Promise<void>;
};

/** Opens a connection of its own, as the application's role, that sees this organization and no other. */
export async function openChain(organizationId: string): Promise<ChainReader> {
  const client = new pg.Client({ connectionString: env().DATABASE_URL });
  // A lost connection fails the query that is under way; without a listener it would end the process.
  client.on("error", () => {});
  await client.connect();
  // By the key, in order, also where the planner knows too little of the table to see that this is quickest: sorting
  // what is left once a page would take a minute where reading on takes seconds.
  await client.query(
    `select set_config('plumbline.organization', $1, false), set_config('datestyle', 'ISO', false),
      set_config('enable_sort', 'off', false), set_config('enable_incremental_sort', 'off', false),
      set_config('enable_seqscan', 'off', false), set_config('enable_bitmapscan', 'off', false)`,
    [organizationId],
  );
  const mine = `organization_id = ${pg.escapeLiteral(organizationId)}`;
  const lines = (where: string, limit: number) =>
    copy(
      client,
      `copy (select ${canonicalColumns}, hash from audit_events where ${mine} and ${where}
        order by sequence limit ${limit}) to stdout`,
    );
  return {
    async *pages() {
      for (let page = lines("true", pageSize); ; ) {
        const bytes = await page;
        if (bytes.length === 0) return;
        page = lines(`sequence > ${lastSequence(bytes)}`, pageSize);
        // Whoever stops in between must not hear of its failure from nowhere.
        page.catch(() => {});
        yield bytes;
      }
    },
    async writtenAfter(hash, butNot) {
      const found = await lines(`previous_hash = ${pg.escapeLiteral(hash)} and sequence <> ${butNot}`, 10);
      return found.toString("utf8").split("\n").filter(Boolean).map(parseLine);
    },
    isLast: async (sequence) => (await lines(`sequence > ${sequence}`, 1)).length === 0,
    async findDouble(last) {
      const { rows } = await client.query(
        `select count(*)::bigint as count from audit_events where ${mine} and sequence <= ${last}`,
      );
      if (Number(rows[0].count) === last) return null;
      const double = await client.query(
        `select sequence from audit_events where ${mine} group by sequence having count(*) > 1 order by 1 limit 1`,
      );
      return Number(double.rows[0]?.sequence ?? last);
    },
    async last() {
      const { rows } = await client.query(
        `select sequence from audit_events where ${mine} order by sequence desc limit 1`,
      );
      return Number(rows[0]?.sequence ?? 0);
    },
    close: () => client.end(),
  };
}

function copy(client: pg.Client, statement: string): Promise<Buffer> {
  return new Promise((done, fail) => {
    const chunks: Buffer[] = [];
    client
      .query(copyTo(statement))
      .on("data", (chunk: Buffer) => chunks.push(chunk))
      .on("error", fail)
      .on("end", () => done(Buffer.concat(chunks)));
  });
}

function lastSequence(lines: Buffer): bigint {
  const start = lines.lastIndexOf(10, lines.length - 2) + 1;
  return parseLine(lines.toString("utf8", start)).sequence;
}
