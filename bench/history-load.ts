import { randomUUID } from "node:crypto";
import { gzipSync } from "node:zlib";
import type pg from "pg";

export const environments = 1000;
const months = 13;
const objectsEach = 20;
const versions = 20;

export type Loaded = { organizationId: string; environmentIds: string[] };

/** How often the environment of that number syncs, as a share of all: a few busy ones, many quiet ones. */
const share = "(power((e + 1) / 1000::float8, 0.4) - power(e / 1000::float8, 0.4))";
const revisionOf = (e: string, ordinal: string) =>
  `md5(${e} || 'r' || ${ordinal}) || left(md5(${ordinal} || 'r' || ${e}), 8)`;
const renderedOf = (e: string, ordinal: string) =>
  `md5(${e} || 'd' || (${ordinal}) % 200) || md5(${ordinal} % 200 || 'd' || ${e})`;
const uuidOf = (text: string) => `md5(${text})::uuid`;

/**
 * Fills a migrated database with 13 months of `syncs` syncs in 1,000 environments of one organization, in the order of
 * time: three to a revision, one episode to ten, their renderings, manifests and daily figures. Indexes are made again
 * after the rows, foreign keys are not asked about each, and nothing is written to survive a crash.
 */
export async function loadHistory(
  owner: pg.Client,
  syncs: number,
  say: (line: string) => void,
): Promise<Loaded> {
  const organizationId = randomUUID();
  const org = `'${organizationId}'::uuid`;
  const startedAt = Date.now();
  await owner.query(
    "set session_replication_role = replica; set work_mem = '256MB'; set maintenance_work_mem = '1GB'",
  );
  await owner.query(`
    insert into organizations (id, slug, name) values (${org}, 'bench', 'Bench');
    insert into clusters (organization_id, id, name) values (${org}, ${org}, 'main');
    insert into repositories (organization_id, id, url, address, name) values (${org}, ${org}, 'https://github.com/acme/shop', 'github.com/acme/shop', 'shop');
    insert into environments (organization_id, id, cluster_id, repository_id, name, ref, path, mode, renderer, prune, observed_at)
    select ${org}, ${uuidOf("'e' || e")}, ${org}, ${org}, 'env-' || e, 'main', 'environments/' || e, 'sync', 'auto', true, now()
    from generate_series(0, ${environments - 1}) e`);
  const began = `(now() - interval '${months} months')`;
  const at = `${began} + (i::float8 / ${syncs}) * interval '${months} months'`;
  const rows = (step: number) => `
    select i, e, floor(i * ${share} / 3)::int as ordinal, ${at} as at
    from (select i, floor(1000 * power(hashint8extended(i, 7) / 18446744073709551616::float8 + 0.5, 2.5))::int as e
      from generate_series(${step}, ${syncs}::bigint, ${step}) i) n`;
  await withoutIndexes(
    owner,
    "syncs",
    `
    insert into syncs (organization_id, environment_id, id, revision, trigger, mode, outcome, message, noticed_at, started_at, applied_at,
      finished_at, rendered_digest, objects, converged_at)
    select ${org}, ${uuidOf("'e' || e")}, ${uuidOf("'s' || i")}, ${revisionOf("e", "ordinal")},
      case when i % 3 = 0 then 'commit' else 'drift' end, 'sync', case when i % 29 = 0 then 'refused' when i % 31 = 0 then 'failed' else 'succeeded' end,
      case when i % 29 = 0 then 'Deployment/quotes: the API server refused it.' end, at - interval '9 s', at - interval '8 s',
      case when i % 29 <> 0 then at - interval '5 s' end, at, ${renderedOf("e", "ordinal")},
      '[{"ref": {"group": "apps", "version": "v1", "kind": "Deployment", "namespace": "shop", "name": "quotes"}, "action": "configured"}]',
      case when i % 3 = 0 and i % 29 <> 0 then at end
    from (${rows(1)}) r`,
  );
  say(`  ${syncs} syncs after ${Math.round((Date.now() - startedAt) / 1000)} s`);
  await withoutIndexes(
    owner,
    "divergences",
    `
    insert into divergences (organization_id, environment_id, id, started_at, ended_at, causes, objects, summary)
    select ${org}, ${uuidOf("'e' || e")}, ${uuidOf("'d' || i")}, at - interval '40 s', at - interval '5 s',
      array[case when i % 20 = 0 then 'failed' else 'drift' end], 1, 'Deployment/quotes replicas 6 → 2, by kubectl edit'
    from (${rows(10)}) r`,
  );
  await withoutIndexes(
    owner,
    "revisions",
    `
    insert into revisions (organization_id, repository_id, revision, author, committed_at, subject)
    select ${org}, ${org}, ${revisionOf("e", "k")}, 'Ada',
      ${began} + (3 * k / ${share} / ${syncs}) * interval '${months} months' - interval '7 min', 'Change ' || k
    from generate_series(0, ${environments - 1}) e, generate_series(0, floor(${syncs} * ${share} / 3)::int) k`,
  );
  await owner.query(`
    insert into renderings (organization_id, environment_id, rendered_digest, manifests)
    select ${org}, ${uuidOf("'e' || e")}, ${renderedOf("e", "v")},
      (select jsonb_object_agg('apps/Deployment/shop/object-' || o, md5(o || 'm' || e) || md5((v + o) % ${versions} || 'm' || o || 'm' || e)) from generate_series(1, ${objectsEach}) o)
    from generate_series(0, ${environments - 1}) e, generate_series(0, least(199, floor(${syncs} * ${share} / 3)::int)) v`);
  const bodies = Array.from({ length: versions }, (_, version) => gzipSync(manifest(version)));
  await owner.query(
    `insert into manifests (organization_id, digest, body)
    select ${org}, md5(o || 'm' || e) || md5(v || 'm' || o || 'm' || e), ($1::bytea[])[v + 1]
    from generate_series(0, ${environments - 1}) e, generate_series(1, ${objectsEach}) o, generate_series(0, ${versions - 1}) v`,
    [bodies],
  );
  await loadDays(owner, org);
  await owner.query("reset session_replication_role");
  await owner.query("vacuum analyze");
  const { rows: sizes } = await owner.query<{ whole: string; syncs: string }>(`
    select pg_size_pretty(pg_database_size(current_database())) as whole, pg_size_pretty(pg_total_relation_size('syncs')) as syncs`);
  say(
    `  loaded in ${Math.round((Date.now() - startedAt) / 1000)} s: ${sizes[0]?.whole}, of it syncs ${sizes[0]?.syncs}`,
  );
  const ids = await owner.query<{ id: string }>(
    `select ${uuidOf("'e' || e")} as id from generate_series(0, ${environments - 1}) e`,
  );
  return { organizationId, environmentIds: ids.rows.map(({ id }) => id) };
}

/** What the worker would have counted, in one statement. */
async function loadDays(owner: pg.Client, org: string) {
  await owner.query(`
    insert into delivery_days (organization_id, scope, day, deployments, changes, failed_changes, restores, lead, restore)
    select ${org}, environment_id, finished_at::date, count(converged_at), count(*), count(*) filter (where outcome <> 'succeeded'), 1,
      jsonb_build_object('138', count(*), '141', 1, '144', 2), '{"82": 1}'
    from syncs where trigger = 'commit' group by 2, 3 order by 3`);
  await owner.query(`
    insert into delivery_days (organization_id, scope, day, deployments, changes, failed_changes, restores, lead, restore)
    select ${org}, ${org}, day, sum(deployments), sum(changes), sum(failed_changes), sum(restores), min(lead::text)::jsonb, min(restore::text)::jsonb
    from delivery_days group by day`);
}

/** Loads a table without its indexes, and makes them again as they were. */
async function withoutIndexes(owner: pg.Client, table: string, insert: string) {
  const { rows } = await owner.query<{ name: string; definition: string; primary: boolean; key: string }>(`
    select c.relname as name, pg_get_indexdef(i.indexrelid) as definition, i.indisprimary as primary,
      (select string_agg(quote_ident(a.attname), ', ' order by k.n) from unnest(i.indkey) with ordinality k(attnum, n)
        join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum) as key
    from pg_index i join pg_class c on c.oid = i.indexrelid where i.indrelid = '${table}'::regclass`);
  for (const { name, primary } of rows)
    await owner.query(primary ? `alter table ${table} drop constraint "${name}"` : `drop index "${name}"`);
  await owner.query(`alter table ${table} set unlogged`);
  await owner.query(insert);
  for (const { name, definition, primary, key } of rows)
    await owner.query(
      primary ? `alter table ${table} add constraint "${name}" primary key (${key})` : definition,
    );
}

const manifest = (version: number) =>
  JSON.stringify({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "quotes", namespace: "shop", labels: { app: "quotes" } },
    spec: {
      replicas: 2,
      template: { spec: { containers: [{ name: "quotes", image: `quotes:${version}` }] } },
    },
  });
