import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import type { TestProject } from "vitest/node";
import { migrate } from "../../scripts/migrate.ts";
import { startPostgres } from "../../scripts/postgres.ts";

declare module "vitest" {
  export interface ProvidedContext {
    ownerUrl: string;
    appUrl: string;
  }
}

/**
 * One PostgreSQL for the data tier, migrated once; each test file has a database of its own, copied
 * from that one by `openTestDatabase`.
 */
export default async function setup(project: TestProject) {
  const dir = mkdtempSync(join(tmpdir(), "plumbline-data-"));
  const postgres = await startPostgres({ dir });
  await migrate(postgres.ownerUrl, postgres.appUrl);
  const client = new pg.Client({ connectionString: postgres.ownerUrl.replace(/plumbline$/, "postgres") });
  await client.connect();
  await client.query("alter database plumbline is_template true");
  await client.end();
  project.provide("ownerUrl", postgres.ownerUrl);
  project.provide("appUrl", postgres.appUrl);
  return async () => {
    await postgres.stop();
    rmSync(dir, { recursive: true, force: true });
  };
}
