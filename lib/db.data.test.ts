import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { withOrganization, withRouting } from "./db.ts";
import { openTestDatabase, type TestDatabase } from "./testing/database.ts";
import { commit, drifted, makeEnvironment, makeTenant, report, sync } from "./testing/tenant.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

const tenantTables = async () => {
  const { rows } = await database.owner.query<{ name: string }>(`
    select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'public' and c.relkind in ('r', 'p') and (c.relname = 'organizations' or exists (
      select from pg_attribute a where a.attrelid = c.oid and a.attname = 'organization_id'))`);
  return rows.map(({ name }) => name);
};

describe("the catalog", () => {
  test("has row-level security, forced, and a tenant policy on every table of a tenant", async () => {
    const { rows } = await database.owner.query(
      `
      select c.relname as name, c.relrowsecurity and c.relforcerowsecurity as forced,
        exists (select from pg_policy p where p.polrelid = c.oid and p.polname = 'tenant' and p.polcmd = '*'
          and pg_get_expr(p.polqual, p.polrelid) like '%organization%' and p.polwithcheck is not null) as policed
      from pg_class c where c.relnamespace = 'public'::regnamespace and c.relname = any($1)`,
      [await tenantTables()],
    );
    expect(rows.length).toBeGreaterThan(15);
    expect(rows.filter(({ forced, policed }) => !forced || !policed)).toEqual([]);
  });

  test("lets nothing but reading pass a policy other than the tenant's", async () => {
    const { rows } = await database.owner.query(`
      select c.relname, p.polname from pg_policy p join pg_class c on c.oid = p.polrelid
      where p.polname <> 'tenant' and p.polcmd <> 'r'`);
    expect(rows).toEqual([]);
  });

  test("has organization_id first in every tenant table's key", async () => {
    const { rows } = await database.owner.query(`
      select c.relname as name from pg_class c join pg_index i on i.indrelid = c.oid and i.indisprimary
      join pg_attribute a on a.attrelid = c.oid and a.attname = 'organization_id'
      where c.relnamespace = 'public'::regnamespace and i.indkey[0] <> a.attnum`);
    expect(rows).toEqual([]);
  });

  test("gives the application's role no table, no way around policies, and no changing of the audit log", async () => {
    const owned = await database.owner.query(
      "select relname from pg_class where relowner = 'plumbline_app'::regrole",
    );
    const role = await database.owner.query(
      "select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb from pg_roles where rolname = 'plumbline_app'",
    );
    const rights = await database.owner.query(`
      select privilege_type from information_schema.role_table_grants
      where grantee = 'plumbline_app' and table_name = 'audit_events' order by 1`);
    expect(owned.rows).toEqual([]);
    expect(role.rows).toEqual([
      { rolsuper: false, rolbypassrls: false, rolcreaterole: false, rolcreatedb: false },
    ]);
    expect(rights.rows.map(({ privilege_type }) => privilege_type)).toEqual(["INSERT", "SELECT"]);
  });
});

describe("two tenants", () => {
  let a: Awaited<ReturnType<typeof makeTenant>>;
  let b: Awaited<ReturnType<typeof makeTenant>>;
  beforeAll(async () => {
    [a, b] = [await makeTenant("A"), await makeTenant("B")];
    for (const { ctx } of [a, b]) {
      const { send, name } = await makeEnvironment(ctx, "main");
      await send(
        report(name, randomUUID(), 1, { resources: [drifted("quotes")], syncs: [sync(commit("first"))] }),
      );
    }
  });

  test("see none of each other's rows with no where at all", async () => {
    for (const table of await tenantTables()) {
      const column = table === "organizations" ? "id" : "organization_id";
      const seen = await withOrganization(a.ctx.organizationId, (tx) =>
        tx.$queryRawUnsafe<{ organization: string }[]>(
          `select distinct ${column}::text as organization from "${table}"`,
        ),
      );
      expect({
        table,
        foreign: seen.filter(({ organization }) => organization !== a.ctx.organizationId),
      }).toEqual({ table, foreign: [] });
    }
  });

  test("change and take none of each other's rows with no where at all", async () => {
    const attempt = withOrganization(a.ctx.organizationId, async (tx) => {
      await tx.environment.updateMany({ data: { reason: "taken over" } });
      await tx.resource.deleteMany();
    });
    await attempt;
    const { rows } = await database.owner.query(
      "select reason from environments where organization_id = $1",
      [b.ctx.organizationId],
    );
    expect(rows.every(({ reason }) => reason !== "taken over")).toBe(true);
    const left = await database.owner.query("select from resources where organization_id = $1", [
      b.ctx.organizationId,
    ]);
    expect(left.rowCount).toBe(1);
  });

  test("cannot write rows in each other's name", async () => {
    const organizationId = b.ctx.organizationId;
    const attempt = withOrganization(a.ctx.organizationId, (tx) =>
      tx.cluster.createMany({ data: [{ organizationId, id: randomUUID(), name: "planted" }] }),
    );
    await expect(attempt).rejects.toThrow(/row-level security/);
  });

  test("are invisible to a connection that has named none", async () => {
    for (const table of await tenantTables())
      expect({ table, rows: (await database.app.query(`select from "${table}"`)).rowCount }).toEqual({
        table,
        rows: 0,
      });
  });

  test("can be found by the router and not changed by it", async () => {
    const found = await withRouting((tx) => tx.environment.findMany());
    expect(found.length).toBeGreaterThan(1);
    const { count } = await withRouting((tx) => tx.environment.updateMany({ data: { reason: "routed" } }));
    expect(count).toBe(0);
  });

  test("have an audit log that the application can only add to", async () => {
    const change = (statement: string) =>
      withOrganization(a.ctx.organizationId, (tx) => tx.$executeRawUnsafe(statement));
    await expect(change("update audit_events set actor_name = 'nobody'")).rejects.toThrow(
      /permission denied/,
    );
    await expect(change("delete from audit_events")).rejects.toThrow(/permission denied/);
    await expect(change("truncate audit_events")).rejects.toThrow(/permission denied/);
  });
});
