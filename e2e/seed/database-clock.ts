import pg from "pg";

/** The present of one database as its application sees it: `now()` of statements is `seed.now()`. */
export type DatabaseClock = {
  moveTo(at: Date): Promise<void>;
  /** Back to the real time, or to stay where it is. */
  release(keepAt?: Date): Promise<void>;
};

/** Puts a clock of ours before PostgreSQL's in the application's search path. Connections made afterwards see it. */
export async function pinDatabaseClock(ownerUrl: string): Promise<DatabaseClock> {
  const owner = new pg.Client({ connectionString: ownerUrl });
  await owner.connect();
  await owner.query(`
    create schema if not exists seed;
    create table if not exists seed.clock (at timestamptz);
    create or replace function seed.now() returns timestamptz language sql stable
      as 'select coalesce((select at from seed.clock), pg_catalog.now())';
    grant usage on schema seed to plumbline_app;
    grant select on seed.clock to plumbline_app;
    do $$ begin
      execute format('alter role plumbline_app in database %I set search_path = seed, public, pg_catalog', current_database());
      execute format('alter role plumbline_app in database %I set synchronous_commit = off', current_database());
    end $$;
    truncate seed.clock; insert into seed.clock values (null); set synchronous_commit = off`);
  const moveTo = async (at: Date | null) => {
    await owner.query("update seed.clock set at = $1", [at]);
  };
  return {
    moveTo,
    async release(keepAt) {
      await moveTo(keepAt ?? null);
      if (!keepAt)
        await owner.query(
          `do $$ begin execute format('alter role plumbline_app in database %I reset all', current_database()); end $$`,
        );
      await owner.end();
    },
  };
}
