import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { PgBoss } from "pg-boss";
import { queues } from "#lib/queue-names.ts";
import { openSchemaEngine } from "./schema-engine.ts";

const folder = join(import.meta.dirname, "..", "prisma", "migrations");
/** Any constant will do; it must only be the same for all who migrate. */
const lockKey = 7_158_623;

/**
 * Applies what is missing of prisma/migrations and the job queue's own schema, as the owner, one
 * process at a time. With `appUrl`, its role can sign in with its password afterwards.
 * Returns the names of the migrations that were applied.
 */
export function migrate(ownerUrl: string, appUrl?: string): Promise<string[]> {
  const mine = queue.then(() => migrateAlone(ownerUrl, appUrl));
  queue = mine.catch(() => {});
  return mine;
}

/** The engine's one instance does one thing at a time. */
let queue: Promise<unknown> = Promise.resolve();

async function migrateAlone(ownerUrl: string, appUrl?: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    await client.query("select pg_advisory_lock($1)", [lockKey]);
    const applied = await applyMigrations(ownerUrl);
    await migrateQueue(ownerUrl);
    await client.query(`
      grant usage on schema pgboss to plumbline_app;
      grant select, insert, update, delete on all tables in schema pgboss to plumbline_app;
      grant usage on all sequences in schema pgboss to plumbline_app;
      grant execute on all functions in schema pgboss to plumbline_app;`);
    if (appUrl) await allowSignIn(client, appUrl);
    return applied;
  } finally {
    await client.end();
  }
}

async function applyMigrations(ownerUrl: string): Promise<string[]> {
  const engine = await openSchemaEngine(ownerUrl);
  try {
    const names = readdirSync(folder)
      .filter((name) => existsSync(join(folder, name, "migration.sql")))
      .sort();
    const { appliedMigrationNames } = await engine.applyMigrations({
      migrationsList: {
        baseDir: folder,
        lockfile: {
          path: "migration_lock.toml",
          content: readFileSync(join(folder, "migration_lock.toml"), "utf8"),
        },
        shadowDbInitScript: "",
        migrationDirectories: names.map((name) => ({
          path: name,
          migrationFile: {
            path: "migration.sql",
            content: { tag: "ok", value: readFileSync(join(folder, name, "migration.sql"), "utf8") },
          },
        })),
      },
      filters: { externalTables: [], externalEnums: [] },
    });
    return appliedMigrationNames;
  } finally {
    engine.free();
  }
}

async function migrateQueue(ownerUrl: string) {
  const boss = new PgBoss({ connectionString: ownerUrl, supervise: false, schedule: false });
  boss.on("error", () => {});
  await boss.start();
  for (const { name, options } of queues)
    if (!(await boss.getQueue(name))) await boss.createQueue(name, options);
  await boss.stop({ graceful: false });
}

async function allowSignIn(client: pg.Client, appUrl: string) {
  const { username, password } = new URL(appUrl);
  if (username !== "plumbline_app" || !password) return;
  const literal = pg.escapeLiteral(decodeURIComponent(password));
  await client.query(`alter role plumbline_app with login password ${literal}`);
}

if (import.meta.main) {
  const ownerUrl = process.env.DATABASE_OWNER_URL;
  if (!ownerUrl) {
    console.error(
      "migrate: set DATABASE_OWNER_URL to the address of the database, with the role that owns its tables.",
    );
    process.exit(1);
  }
  const applied = await migrate(ownerUrl, process.env.DATABASE_URL);
  console.log(applied.length ? `migrated: ${applied.join(", ")}` : "migrated: nothing to do");
}
