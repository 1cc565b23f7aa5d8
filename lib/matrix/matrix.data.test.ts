import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Context } from "../auth/context.ts";
import { withOrganization } from "../db.ts";
import { recordManifests } from "../manifests/record-manifests.ts";
import { canonicalJson } from "../protocol/canonical.ts";
import { openTestDatabase, type TestDatabase } from "../testing/database.ts";
import { commit, digest, makeEnvironment, makeTenant, report, resource, sync } from "../testing/tenant.ts";
import { getMatrix } from "./get-matrix.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

const bodyOf = (image: string) =>
  canonicalJson({
    kind: "Deployment",
    spec: { template: { spec: { containers: [{ name: "app", image }] } } },
  });

type Environment = Awaited<ReturnType<typeof makeEnvironment>>;
let told = 0;

/** Lets an environment run an image as of a commit; `observed` where the cluster has another. */
async function run(
  { agent, name, send }: Environment,
  stream: string,
  image: string,
  at: string,
  observed = image,
) {
  const of = commit(`${name} ${image}`, at);
  await recordManifests({
    agent,
    input: {
      session: randomUUID(),
      manifests: [...new Set([image, observed])].map((one) => ({
        digest: digest(bodyOf(one)),
        body: bodyOf(one),
      })),
    },
  });
  told++;
  const drift = observed === image ? {} : ({ sync: "Modified", cause: "drift" } as const);
  const status = resource("quotes", {
    ...drift,
    desiredDigest: digest(bodyOf(image)),
    observedDigest: digest(bodyOf(observed)),
  });
  const { result } = await send(
    report(name, stream, told, {
      head: of,
      observedAt: at,
      comparedRevision: of.revision,
      renderedDigest: digest(of.revision),
      resources: [status, resource("unheard", { desiredDigest: digest("never sent") })],
      syncs: [sync(of, { finishedAt: at, startedAt: at, renderedDigest: digest(of.revision) })],
    }),
  );
  expect(result.status).toBe("accepted");
}

it("shows each workload's images in every environment, with their age and what Git says besides", async () => {
  const { ctx } = await makeTenant("Matrix");
  const dev = await makeEnvironment(ctx, "dev");
  const prod = await makeEnvironment(ctx, "prod");
  const [a, b] = [randomUUID(), randomUUID()];
  await run(prod, b, "r.example/quotes:1.0.0", "2026-11-01T10:00:00.000Z");
  await run(prod, b, "r.example/quotes:1.1.0", "2026-11-03T10:00:00.000Z");
  await run(dev, a, "r.example/quotes:1.2.0", "2026-11-04T10:00:00.000Z");
  const before = await getMatrix({ ctx });
  expect(before.sections).toHaveLength(1);
  const [section] = before.sections;
  expect(section!.columns.map(({ cluster }) => cluster)).toEqual(["dev", "prod"]);
  expect(section!.rows).toEqual([
    {
      ...{ kind: "Deployment", workload: "quotes", container: "app", name: "quotes", differs: true },
      cells: [
        { column: 0, image: 0, behind: 0, since: "2026-11-04T10:00:00.000Z" },
        { column: 1, image: 1, behind: 1, since: "2026-11-03T10:00:00.000Z" },
      ],
    },
  ]);
  expect(section!.images).toEqual(["r.example/quotes:1.2.0", "r.example/quotes:1.1.0"]);
  expect(before.totals).toMatchObject({ rows: 1, apart: 1, furthest: { workload: "quotes", where: "prod" } });
  await run(prod, b, "r.example/quotes:1.1.0", "2026-11-05T10:00:00.000Z", "r.example/quotes:1.1.0-debug");
  const [after] = (await getMatrix({ ctx })).sections;
  const [cell] = after!.rows[0]!.cells.slice(1);
  expect(after!.images[cell!.image]).toBe("r.example/quotes:1.1.0-debug");
  expect(after!.images[cell!.desired!]).toBe("r.example/quotes:1.1.0");
});

it("looks into manifests that were recorded before images were, once", async () => {
  const { ctx } = await makeTenant("Older");
  const environment = await makeEnvironment(ctx, "old");
  await run(environment, randomUUID(), "r.example/quotes:0.9", "2026-11-01T10:00:00.000Z");
  const count = () =>
    withOrganization(
      ctx.organizationId,
      (tx) =>
        tx.$queryRaw<
          { n: number }[]
        >`select count(*)::int as n from manifests where organization_id = ${ctx.organizationId}::uuid and images is null`,
    );
  await withOrganization(
    ctx.organizationId,
    (tx) =>
      tx.$executeRaw`update manifests set images = null where organization_id = ${ctx.organizationId}::uuid`,
  );
  expect(await count()).toEqual([{ n: 1 }]);
  const { sections } = await getMatrix({ ctx });
  expect(sections[0]).toMatchObject({ images: ["r.example/quotes:0.9"], rows: [{ cells: [{ image: 0 }] }] });
  expect(await count()).toEqual([{ n: 0 }]);
});

it("shows one repository where it is asked for by name, and no other organization's", async () => {
  const { ctx } = await makeTenant("Two repositories");
  await makeEnvironment(ctx, "one", "production");
  await makeEnvironment(ctx, "two", "production", { repository: "https://github.com/acme/other.git" });
  expect((await getMatrix({ ctx })).repositories.map(({ shown }) => shown)).toEqual([true, true]);
  const { sections, repositories } = await getMatrix({ ctx, input: { repository: "acme/other" } });
  expect(repositories.filter(({ shown }) => shown).map(({ name }) => name)).toEqual(
    sections.map((one) => one.repository.name),
  );
  expect(sections).toHaveLength(1);
  const { ctx: stranger } = await makeTenant("Stranger");
  expect(await getMatrix({ ctx: stranger })).toMatchObject({ sections: [], repositories: [], moreRows: 0 });
});

/** An environment of this name and place in the order, with so many workloads of one image. */
async function fill(ctx: Context, environments: number, workloads: number) {
  const { rows } = await database.owner.query(
    "select cluster_id as cluster, repository_id as repository from environments where organization_id = $1 limit 1",
    [ctx.organizationId],
  );
  const image = (name: string) => JSON.stringify([{ container: "app", image: `r.example/app:${name}` }]);
  await database.owner.query(
    `with version as (
       insert into manifests (organization_id, digest, body, images)
       values ($1, $8, '', $6::jsonb), ($1, $9, '', $7::jsonb)
     ), made as (
       insert into environments (organization_id, id, cluster_id, repository_id, name, ref, path, mode, renderer, prune, labels, state, causes, state_since, created_at)
       select $1, gen_random_uuid(), $2, $3, 'many-' || to_char(n, 'FM0000'), 'main', 'path', 'observe', 'auto', false, '{}', 'Converged', '{}', now(), now()
       from generate_series(1, $4::int) n returning id, name
     )
     insert into resources (organization_id, environment_id, key, ref, sync, health, desired_digest)
     select $1, id, 'apps/Deployment/shop/w-' || w, jsonb_build_object('kind', 'Deployment', 'name', 'w-' || to_char(w, 'FM000')), 'Synced', 'Healthy',
       case when name = 'many-0001' and w = 1 then $8 else $9 end
     from made, generate_series(1, $5::int) w`,
    [
      ctx.organizationId,
      rows[0].cluster,
      rows[0].repository,
      environments,
      workloads,
      image("1.0"),
      image("1.1"),
      digest("old"),
      digest("new"),
    ],
  );
}

it("shows a large repository in parts, each of them small, all within reach, compared with all others", async () => {
  const { ctx } = await makeTenant("Large");
  await makeEnvironment(ctx, "one", "a-first");
  await fill(ctx, 160, 40);
  const at = (input: Parameters<typeof getMatrix>[0]["input"]) => getMatrix({ ctx, input });
  const first = await at({});
  expect(Buffer.byteLength(JSON.stringify(first))).toBeLessThan(100_000);
  const [section] = first.sections;
  expect(section).toMatchObject({ environments: 161, from: 0 });
  expect(section!.columns).toHaveLength(20);
  expect(first.totals).toMatchObject({ rows: 40, apart: 1, comparedAtOnce: null });
  expect(first.moreRows).toBe(40 - section!.rows.length);
  expect((await at({ more: 3 })).moreRows).toBe(0);

  const seen = [];
  for (let from = 0; from < 161; from += 20)
    seen.push(...(await at({ from })).sections[0]!.columns.map(({ name }) => name));
  expect(new Set(seen).size).toBe(161);
  const last = (await at({ from: 150 })).sections[0]!;
  expect(last.columns).toHaveLength(11);
  // What is old stands in the first part; these are the newest all the same.
  expect(last.rows[0]!.cells.every(({ behind }) => behind === 0)).toBe(true);
  expect((await at({ from: 5000 })).sections[0]).toMatchObject({ from: 0 });

  const found = await at({ text: "w-039" });
  expect(found.sections[0]!.rows.map(({ workload }) => workload)).toEqual(["w-039"]);
  expect(found).toMatchObject({ moreRows: 0, totals: { rows: 40 } });
  expect((await at({ differing: true })).sections[0]!.rows.map(({ workload }) => workload)).toEqual([
    "w-001",
  ]);
  expect((await at({ text: "nothing" })).sections).toMatchObject([{ environments: 161, rows: [] }]);
});

it("compares a thousand environments of a very large repository at a time, and says so", async () => {
  const { ctx } = await makeTenant("Very large");
  await makeEnvironment(ctx, "one", "a-first");
  await fill(ctx, 1100, 1);
  const { totals } = await getMatrix({ ctx });
  expect(totals).toMatchObject({ apart: 1, comparedAtOnce: 1000 });
  const beyond = await getMatrix({ ctx, input: { from: 1050 } });
  expect(beyond).toMatchObject({ totals: { apart: 0 }, sections: [{ environments: 1101, from: 1050 }] });
});
