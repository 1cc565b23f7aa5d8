import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
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
      ...{ kind: "Deployment", workload: "quotes", container: "app" },
      cells: [
        {
          environment: dev.id,
          image: "r.example/quotes:1.2.0",
          desired: null,
          since: "2026-11-04T10:00:00.000Z",
        },
        {
          environment: prod.id,
          image: "r.example/quotes:1.1.0",
          desired: null,
          since: "2026-11-03T10:00:00.000Z",
        },
      ],
    },
  ]);
  await run(prod, b, "r.example/quotes:1.1.0", "2026-11-05T10:00:00.000Z", "r.example/quotes:1.1.0-debug");
  const [cell] = (await getMatrix({ ctx })).sections[0]!.rows[0]!.cells.slice(1);
  expect(cell).toMatchObject({ image: "r.example/quotes:1.1.0-debug", desired: "r.example/quotes:1.1.0" });
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
  expect(sections[0]!.rows[0]!.cells[0]).toMatchObject({ image: "r.example/quotes:0.9" });
  expect(await count()).toEqual([{ n: 0 }]);
});

it("shows one repository where it is asked for by name, and no other organization's", async () => {
  const { ctx } = await makeTenant("Two repositories");
  await makeEnvironment(ctx, "one", "production");
  await makeEnvironment(ctx, "two", "production", { repository: "https://github.com/acme/other.git" });
  expect((await getMatrix({ ctx })).sections).toHaveLength(2);
  const { sections, repositories } = await getMatrix({ ctx, input: { repository: "acme/other" } });
  expect(repositories.filter(({ shown }) => shown).map(({ name }) => name)).toEqual(
    sections.map((one) => one.repository.name),
  );
  expect(sections).toHaveLength(1);
  const { ctx: stranger } = await makeTenant("Stranger");
  expect(await getMatrix({ ctx: stranger })).toEqual({ sections: [], repositories: [] });
});
