import pg from "pg";

/** Asks the database as the owner of its tables: what was stored, beyond every tenant's wall. */
export async function rows<Row>(ownerUrl: string, sql: string, values: unknown[] = []): Promise<Row[]> {
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    return (await client.query(sql, values)).rows as Row[];
  } finally {
    await client.end();
  }
}
