import { expect, it } from "vitest";
import { configMap, deployment, manifest, openWorld } from "./test-world.ts";

it("finds no difference in what the API server filled in", async () => {
  const world = await openWorld({ proxy: true });
  await world.begin({
    "app/quotes.yaml": deployment(
      "quotes",
      {},
      { resources: { requests: { cpu: "0.5", memory: "1024Mi" } } },
    ),
    "app/more.yaml": manifest(
      {
        ...{ apiVersion: "v1", kind: "Service", metadata: { name: "quotes" } },
        spec: { selector: { app: "quotes" }, ports: [{ port: 80 }] },
      },
      {
        ...{ apiVersion: "batch/v1", kind: "CronJob", metadata: { name: "nightly" } },
        spec: {
          schedule: "0 3 * * *",
          jobTemplate: {
            spec: {
              template: {
                spec: { restartPolicy: "Never", containers: [{ name: "nightly", image: "nightly:1" }] },
              },
            },
          },
        },
      },
    ),
  });
  expect(world.resources().map(({ sync, changes }) => [sync, changes])).toEqual([
    ["Synced", []],
    ["Synced", []],
    ["Synced", []],
  ]);
  const since = Date.now();
  await world.follow({ "app/another.yaml": configMap("another") });
  expect(world.api.writes(since).filter(({ path }) => !path.endsWith("/another"))).toEqual([]);
});
