import { randomUUID } from "node:crypto";
import { gzipSync } from "node:zlib";
import type pg from "pg";

export const FLEET = {
  environments: 10_000,
  objectsEach: 20,
  clusters: 120,
  repositories: 60,
  revisionsEach: 5,
};

export type Loaded = { organizationId: string; slug: string; userId: string; sessionId: string };

/** What one environment of so many is: mostly converged, as fleets are. */
const state = `case when e % 100 < 93 then 'Converged' when e % 100 < 98 then 'Diverged' when e % 100 = 98 then 'Converging' else 'Unknown' end`;
const causes = `case when e % 100 between 93 and 97 then array[(array['drift', 'drift', 'pending', 'failed', 'unhealthy'])[e % 100 - 92]] else '{}' end`;
/** A UUID of the fourth version, as the addresses of pages ask for, made from a text in SQL. */
export const uuidOf = (text: string) =>
  `overlay(overlay(md5(${text}) placing '4' from 13) placing '8' from 17)::uuid`;
/** The manifest of one of an environment's objects: environments of a repository run five versions of each. */
const manifestOf = (o: string, version: string) =>
  `(md5('m' || ${o} || 'v' || ${version}) || md5(${version} || 'm' || ${o}))`;
const versionOf = (e: string) => `((${e} / ${FLEET.repositories}) % 5)`;
const renderedOf = (e: string, n: string) => `(md5('d' || ${e} || 'n' || ${n}) || md5(${n} || 'd' || ${e}))`;
const revisionOf = (e: string, n: string) => `md5(${e} || 'r' || ${n}) || left(md5(${n} || 'r' || ${e}), 8)`;

/** A Deployment as an agent sends it: its compressed text, and its images. */
function manifest(name: string, version: string): [body: Buffer, images: string] {
  const image = `registry.acme.example/shop/${name}:${version}`;
  const labels = { app: name };
  const containers = [{ name: "app", image, resources: { limits: { memory: "512Mi" } } }];
  const body = {
    ...{ apiVersion: "apps/v1", kind: "Deployment", metadata: { name, namespace: "shop" } },
    spec: {
      replicas: 6,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers } },
    },
  };
  return [gzipSync(JSON.stringify(body)), JSON.stringify([{ container: "app", image }])];
}

/**
 * Fills a migrated database with an organization of 10,000 environments and 200,000 resources, their revisions, syncs
 * and episodes of the last week, and a person who is signed in.
 */
export async function loadFleet(owner: pg.Client, say: (line: string) => void): Promise<Loaded> {
  const began = Date.now();
  const { environments, objectsEach, clusters, repositories, revisionsEach } = FLEET;
  const [organizationId, userId, sessionId] = [randomUUID(), randomUUID(), randomUUID()];
  const org = `'${organizationId}'::uuid`;
  const all = `generate_series(0, ${environments - 1}) e`;
  await owner.query("set session_replication_role = replica; set work_mem = '256MB'");
  await owner.query(`
    insert into organizations (id, slug, name) values (${org}, 'bench', 'Bench');
    insert into users (id, name, email) values ('${userId}', 'Bea Bench', 'bea@bench.example');
    insert into sessions (id, user_id, expires_at) values ('${sessionId}', '${userId}', now() + interval '1 day');
    insert into memberships (organization_id, user_id, role) values (${org}, '${userId}', 'admin');
    insert into clusters (organization_id, id, name, agent_version, connected_at, last_seen_at)
    select ${org}, ${uuidOf("'c' || c")}, (array['eu-west-1', 'us-east-1', 'ap-south-1'])[c % 3 + 1] || (array['-prod', '-staging', '-dev', '-edge'])[c % 4 + 1] || '-' || c,
      '0.1.0', now() - interval '90 days', now() from generate_series(0, ${clusters - 1}) c;
    insert into repositories (organization_id, id, url, address, name)
    select ${org}, ${uuidOf("'p' || r")}, 'https://github.com/acme/service-' || r, 'github.com/acme/service-' || r, 'acme/service-' || r
    from generate_series(0, ${repositories - 1}) r;
    insert into revisions (organization_id, repository_id, revision, author, committed_at, subject)
    select ${org}, ${uuidOf(`'p' || e % ${repositories}`)}, ${revisionOf("e", "n")},
      (array['Alice Archer', 'Bob Baker', 'Carol Chen', 'Dmitri Dahl', 'release-bot', 'renovate'])[(e + n) % 6 + 1],
      now() - (n * interval '26 hours') - (e % 1400) * interval '1 min',
      (array['Raise the quote cache to 512Mi', 'Rotate the issuer to v2', 'Split the rating service', 'Bump rating to 2.8.', 'Pin the node image to '])[(e + n) % 5 + 1] || e % 97
    from ${all}, generate_series(0, ${revisionsEach - 1}) n`);
  // As the application writes it, so that the triggers of the table do their work.
  await owner.query("set session_replication_role = origin");
  await owner.query("select set_config('plumbline.organization', $1, false)", [organizationId]);
  await owner.query(`
    insert into environments (organization_id, id, cluster_id, repository_id, name, ref, path, mode, renderer, prune, labels, state, causes,
      reason, summary, state_since, head_revision, compared_revision, observed_at, reported_at, created_at)
    select ${org}, ${uuidOf("'e' || e")}, ${uuidOf(`'c' || e % ${clusters}`)}, ${uuidOf(`'p' || e % ${repositories}`)},
      (array['production', 'payments', 'quotes', 'rating', 'observability', 'ledger', 'search', 'checkout'])[e % 8 + 1] || '-' || e / ${clusters},
      'main', 'fleet/environments/' || e % 8 || '/' || e / ${clusters}, 'sync', 'auto', true,
      jsonb_build_object('team', 'team-' || e % 25, 'tier', (array['gold', 'silver', 'bronze'])[e % 3 + 1]),
      ${state}, ${causes}, 'Every object is what Git says.',
      case when e % 100 >= 93 then 'Deployment/quotes-' || e % 40 || ' replicas 6 → 2, by kubectl edit' else '' end,
      now() - (e % 5000) * interval '1 min', ${revisionOf("e", "0")}, ${revisionOf("e", "0")}, now(), now(), now() - interval '60 days'
    from ${all}`);
  await owner.query("set session_replication_role = replica");
  await owner.query(`
    insert into resources (organization_id, environment_id, key, ref, sync, health, desired_digest)
    select ${org}, ${uuidOf("'e' || e")}, 'apps/Deployment/shop/quotes-' || o,
      jsonb_build_object('group', 'apps', 'version', 'v1', 'kind', 'Deployment', 'namespace', 'shop', 'name', 'quotes-' || o),
      case when o = 1 and e % 100 in (93, 94, 95) then 'Modified' else 'Synced' end, 'Healthy', ${manifestOf("o", versionOf("e"))}
    from ${all}, generate_series(1, ${objectsEach}) o`);
  await owner.query(`
    insert into renderings (organization_id, environment_id, rendered_digest, manifests)
    select ${org}, ${uuidOf("'e' || e")}, ${renderedOf("e", "n")},
      (select jsonb_object_agg('apps/Deployment/shop/quotes-' || o, ${manifestOf("o", versionOf("e"))}) from generate_series(1, ${objectsEach}) o)
    from ${all}, generate_series(0, 1) n`);
  await owner.query(`
    insert into syncs (organization_id, environment_id, id, revision, trigger, mode, outcome, noticed_at, started_at, applied_at, finished_at, converged_at, rendered_digest)
    select ${org}, ${uuidOf("'e' || e")}, ${uuidOf("'s' || e || 'n' || n")}, ${revisionOf("e", "n")}, 'commit', 'sync', 'succeeded',
      at, at + interval '2 s', at + interval '9 s', at + interval '11 s', at + interval '30 s', ${renderedOf("e", "n")}
    from (select e, n, now() - (n * interval '26 hours') - (e % 1400) * interval '1 min' + interval '5 s' as at from ${all}, generate_series(0, ${revisionsEach - 1}) n) s`);
  await owner.query(`
    insert into divergences (organization_id, environment_id, id, started_at, ended_at, causes, objects, summary)
    select ${org}, ${uuidOf("'e' || e")}, ${uuidOf("'d' || e || 'n' || n")}, at, at + (20 + e % 900) * interval '1 s',
      array[(array['pending', 'pending', 'drift', 'failed'])[(e + n) % 4 + 1]], 1 + e % 5, 'Deployment/quotes replicas 6 → 2, by kubectl edit'
    from (select e, n, now() - (n * interval '26 hours') - (e % 1400) * interval '1 min' - interval '1 hour' as at from ${all}, generate_series(0, ${revisionsEach - 1}) n) s
    union all
    select ${org}, id, ${uuidOf("'o' || id")}, state_since, null, causes, 3, summary
    from environments where organization_id = ${org} and state = 'Diverged'`);
  for (let o = 1; o <= objectsEach; o += 1)
    for (let v = 0; v < 5; v += 1) {
      const [body, images] = manifest(`quotes-${o}`, `2.${v}.0`);
      await owner.query(
        `insert into manifests (organization_id, digest, body, images) values (${org}, ${manifestOf("$1::text", "$2::text")}, $3, $4::jsonb)`,
        [String(o), String(v), body, images],
      );
    }
  await owner.query("reset session_replication_role; reset work_mem");
  await owner.query("vacuum analyze");
  const { rows } = await owner.query<{ size: string; objects: string }>(
    "select pg_size_pretty(pg_database_size(current_database())) as size, (select count(*) from resources) as objects",
  );
  say(
    `${environments} environments, ${rows[0]?.objects} resources: ${rows[0]?.size}, loaded in ${Math.round((Date.now() - began) / 1000)} s`,
  );
  return { organizationId, slug: "bench", userId, sessionId };
}
