import { randomBytes } from "node:crypto";
import pg from "pg";
import { inject } from "vitest";
import { closeDatabase } from "../db.ts";
import { type Env, parseEnv, setEnv } from "../env.ts";
import { closeQueue } from "../queue.ts";

export type TestDatabase = {
  env: Env;
  /** As the owner of the tables, who sees past no policy either, but may change anything. */
  owner: pg.Client;
  /** As the application's role, with no organization named. */
  app: pg.Client;
  close: () => Promise<void>;
};

/** A database of one test file's own, and configuration that points at it. */
export async function openTestDatabase(variables: Record<string, string> = {}): Promise<TestDatabase> {
  const name = `test_${randomBytes(6).toString("hex")}`;
  const at = (url: string, database: string) => url.replace(/plumbline$/, database);
  const postgres = await connect(at(inject("ownerUrl"), "postgres"));
  await postgres.query(`create database ${name} template plumbline`);
  await postgres.end();
  const env = parseEnv({
    DATABASE_URL: at(inject("appUrl"), name),
    PLUMBLINE_URL: "http://127.0.0.1:4300",
    PLUMBLINE_SECRET: randomBytes(32).toString("hex"),
    GITHUB_WEBHOOK_SECRET: "a webhook secret of tests",
    LOG_LEVEL: "silent",
    ...variables,
  });
  setEnv(env);
  const owner = await connect(at(inject("ownerUrl"), name));
  const app = await connect(env.DATABASE_URL);
  return {
    env,
    owner,
    app,
    close: async () => {
      await closeQueue();
      await closeDatabase();
      await Promise.all([owner.end(), app.end()]);
    },
  };
}

async function connect(connectionString: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  return client;
}
