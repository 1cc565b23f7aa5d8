import { describe, expect, it } from "vitest";
import type { MatrixRow, MatrixSection } from "#lib/matrix/schemas.ts";
import { filterMatrix, matrixSentence } from "./matrix-sentence.ts";

describe("what is said of all versions", () => {
  const totals = { rows: 2, apart: 0, furthest: null, comparedAtOnce: null };
  const said = (over: Partial<Parameters<typeof matrixSentence>[0]>) =>
    matrixSentence({ ...totals, ...over })
      .map(({ text }) => text)
      .join("");

  it("is quiet where all are the same", () => {
    expect(said({})).toBe("All 2 images are the same version everywhere.");
    expect(said({ rows: 1 })).toBe("The one image is the same version everywhere.");
    expect(said({ rows: 0 })).toBe("No workload has been reported yet.");
  });

  it("counts what differs, and names what lies furthest apart, and where", () => {
    expect(said({ apart: 2 })).toBe("2 of 2 images are not one version everywhere.");
    const furthest = { workload: "b", behind: 1, image: "b:2.0", newest: "b:2.1", where: "prod" };
    expect(said({ apart: 1, furthest })).toBe(
      "1 of 2 images is not one version everywhere; furthest apart is b: 2.0 in prod, 2.1 at its newest.",
    );
  });
});

it("keeps the rows that a filter's words are in, and only those that differ where asked", () => {
  const images = ["shop/api:1", "shop/api:2", "shop/worker:1"];
  const row = (workload: string, image: number, differs: boolean): MatrixRow => ({
    ...{ kind: "Deployment", workload, container: "app", name: `shop/${workload}`, differs },
    cells: [{ column: 0, image }],
  });
  const section = {
    repository: { id: "r", name: "acme/shop" },
    ...{ environments: 1, from: 0, columns: [], images },
    rows: [row("api", 1, true), row("worker", 2, false)],
  } satisfies MatrixSection;
  const names = (filter: { text: string; differing: boolean }) =>
    filterMatrix([section], filter).flatMap(({ rows }) => rows.map(({ workload }) => workload));
  expect(names({ text: "", differing: false })).toEqual(["api", "worker"]);
  expect(names({ text: "SHOP worker", differing: false })).toEqual(["worker"]);
  expect(names({ text: "api:2", differing: false })).toEqual(["api"]);
  expect(names({ text: "api:1", differing: false })).toEqual([]);
  expect(names({ text: "", differing: true })).toEqual(["api"]);
});
