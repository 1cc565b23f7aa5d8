import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { auditKey, parsePublicKey, type ReadAnchor, readAnchors } from "#lib/audit/anchor.ts";
import type { AuditVerification } from "#lib/audit/schemas.ts";
import { verifyChain } from "#lib/audit/verify-chain.ts";
import { closeDatabase, withRouting } from "#lib/db.ts";
import { env, parseEnv, setEnv } from "#lib/env.ts";
import { startPostgres } from "./postgres.ts";

const usage = `Verifies the audit log of one organization, or of all: follows each chain and says where it first breaks.

  npm run audit:verify -- [--organization SLUG] [--anchor FILE]... [--public-key KEY]...

--anchor      a text with anchors in it (a file, a mail, a chat's export): shows that nothing was cut or written anew
--public-key  of an earlier signing key, as the audit page showed it; this installation's own is trusted already
Reads DATABASE_URL and PLUMBLINE_SECRET (or PLUMBLINE_AUDIT_KEY) as the control plane does; without DATABASE_URL it
verifies what \`npm start\` keeps under .plumbline. Exits with 1 where a chain is not whole.`;

const folder = join(import.meta.dirname, "..", ".plumbline");

/** Points the configuration at the database to verify; answers what ends what had to be started for it. */
async function openInstallation(): Promise<() => Promise<void>> {
  // It is not needed to verify, and the configuration of a gateway or a page is none of this command's business.
  const PLUMBLINE_URL = "http://localhost";
  if (process.env.DATABASE_URL || !existsSync(join(folder, "secret"))) {
    setEnv(parseEnv({ PLUMBLINE_URL, LOG_LEVEL: "error", ...process.env }));
    return async () => {};
  }
  const dir = join(folder, "postgres");
  const running = runningServer(dir);
  const started = running ? null : await startPostgres({ dir });
  const DATABASE_URL = running ?? started?.appUrl;
  const PLUMBLINE_SECRET = readFileSync(join(folder, "secret"), "utf8").trim();
  setEnv(parseEnv({ PLUMBLINE_URL, LOG_LEVEL: "error", PLUMBLINE_SECRET, ...process.env, DATABASE_URL }));
  return async () => started?.stop();
}

/** The address of the server that `npm start` has running on this folder; null where there is none. */
function runningServer(dir: string): string | null {
  const pidFile = join(dir, "cluster", "postmaster.pid");
  if (!existsSync(pidFile)) return null;
  const [pid, , , port] = readFileSync(pidFile, "utf8").split("\n");
  try {
    process.kill(Number(pid), 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return null;
  }
  const { app } = JSON.parse(readFileSync(join(dir, "passwords.json"), "utf8")) as { app: string };
  return `postgresql://plumbline_app:${app}@127.0.0.1:${port}/plumbline`;
}

/** One sentence for the terminal, and the rest below it. */
function print(slug: string, found: AuditVerification) {
  console.log(`${found.ok ? "✓" : "✗"} ${slug}: ${found.message}`);
  for (const { ok, message } of found.anchors) console.log(`    ${ok ? "✓" : "✗"} ${message}`);
  if (found.open) console.log(`    ${found.open}`);
}

async function verify(id: string, anchors: ReadAnchor[], say: (checked: number) => void) {
  const steps = verifyChain(id, anchors);
  for (let step = await steps.next(); ; step = await steps.next()) {
    if (step.done) return step.value;
    say(step.value.checked);
  }
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      organization: { type: "string" },
      anchor: { type: "string", multiple: true, default: [] },
      "public-key": { type: "string", multiple: true, default: [] },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    console.log(usage);
    return 0;
  }
  const keys = [auditKey(env()).publicKey, ...values["public-key"].map(parsePublicKey)];
  const given = values.anchor.flatMap((file) => {
    const found = readAnchors(readFileSync(file, "utf8"), keys);
    if (found.length === 0) throw new Error(`There is no anchor in ${file}.`);
    return found;
  });
  const organizations = await withRouting((tx) =>
    tx.organization.findMany({
      where: values.organization ? { slug: values.organization } : {},
      select: { id: true, slug: true },
      orderBy: { slug: "asc" },
    }),
  );
  if (organizations.length === 0)
    throw new Error(
      values.organization
        ? `There is no organization "${values.organization}" here.`
        : "There is no organization here yet.",
    );
  const ids = new Set(organizations.map(({ id }) => id));
  const foreign = given.filter(({ anchor }) => !anchor || !ids.has(anchor.organization));
  for (const { anchor, problem } of foreign)
    console.log(`✗ ${problem ?? `An anchor is of "${anchor?.slug}", which is not among those verified.`}`);
  let whole = foreign.length === 0;
  for (const { id, slug } of organizations) {
    const mine = given.filter(({ anchor }) => anchor?.organization === id);
    const started = performance.now();
    const found = await verify(id, mine, (checked) => {
      if (process.stderr.isTTY) process.stderr.write(`\r${slug}: ${checked} events`);
    });
    if (process.stderr.isTTY) process.stderr.write("\r\u001b[K");
    print(slug, found);
    if (process.stderr.isTTY) console.error(`    in ${((performance.now() - started) / 1000).toFixed(1)} s`);
    whole &&= found.ok;
  }
  return whole ? 0 : 1;
}

let close = async () => {};
try {
  close = await openInstallation();
  process.exitCode = await main();
} catch (error) {
  console.error(`plumbline: ${(error as Error).message}`);
  process.exitCode = 2;
} finally {
  await closeDatabase();
  await close();
}
