import { describe, expect, it } from "vitest";
import type { MatrixColumn, MatrixRow, MatrixSection } from "#lib/matrix/schemas.ts";
import { columnName, differs, filterMatrix, imageNameOf, matrixSentence } from "./matrix-sentence.ts";

const columns = ["dev", "prod"].map(
  (cluster) => ({ id: cluster, name: "shop", cluster, committedAt: null }) as MatrixColumn,
);
const row = (workload: string, dev: string, prod: string): MatrixRow => ({
  ...{ kind: "Deployment", workload, container: "app" },
  cells: [
    { environment: "dev", image: dev, desired: null, since: null },
    { environment: "prod", image: prod, desired: null, since: null },
  ],
});
const section = (...rows: MatrixRow[]): MatrixSection => ({
  repository: { id: "r", name: "acme/shop" },
  ...{ columns, rows, moreColumns: 0, moreRows: 0 },
});
const said = (...rows: MatrixRow[]) =>
  matrixSentence([section(...rows)])
    .map(({ text }) => text)
    .join("");

describe("what is said of all versions", () => {
  it("is quiet where all are the same", () => {
    expect(said(row("a", "a:1.0", "a:1.0"), row("b", "b:2.0", "b:2.0"))).toBe(
      "All 2 images are the same version everywhere.",
    );
    expect(matrixSentence([])).toEqual([{ text: "No workload has been reported yet." }]);
  });

  it("names what lies furthest apart, and where", () => {
    expect(said(row("a", "a:1.0", "a:1.0"), row("b", "b:2.1", "b:2.0"))).toBe(
      "1 of 2 images is not one version everywhere; furthest apart is b: 2.0 in prod, 2.1 at its newest.",
    );
  });
});

it("calls environments by their clusters where their names tell nothing apart", () => {
  expect(columnName(columns[0]!, columns)).toEqual({ name: "dev", under: "" });
  const named = columns.map((one) => ({ ...one, name: `shop-${one.cluster}` }));
  expect(columnName(named[0]!, named)).toEqual({ name: "shop-dev", under: "dev" });
});

it("counts an image that Git does not ask for as a difference", () => {
  const drifted = row("a", "a:1.0", "a:1.0");
  drifted.cells[0]!.desired = "a:0.9";
  expect(differs(drifted, columns)).toBe(true);
  expect(differs(row("a", "a:1.0", "a:1.0"), columns)).toBe(false);
});

it("keeps the rows that a filter's words are in, and only those that differ where asked", () => {
  const all = [
    section(row("api", "shop/api:1", "shop/api:2"), row("worker", "shop/worker:1", "shop/worker:1")),
  ];
  const names = (filter: { text: string; differing: boolean }) =>
    filterMatrix(all, filter).flatMap(({ rows }) => rows.map(({ workload }) => workload));
  expect(names({ text: "", differing: false })).toEqual(["api", "worker"]);
  expect(names({ text: "SHOP worker", differing: false })).toEqual(["worker"]);
  expect(names({ text: "", differing: true })).toEqual(["api"]);
  expect(filterMatrix(all, { text: "none", differing: false })).toEqual([]);
  expect(imageNameOf(all[0]!.rows[0]!)).toBe("shop/api");
});
