import { expect, it } from "vitest";
import { furthestOf, nameOf, rowsOf, type WorkloadSeen } from "./rows.ts";
import type { MatrixColumn } from "./schemas.ts";

const environments = ["dev", "prod"].map(
  (cluster) => ({ id: cluster, name: "shop", cluster, committedAt: null }) as MatrixColumn,
);

/** Rows of workloads, each with what `dev` and `prod` run; "desired > observed" where they are not the same. */
function rows(workloads: Record<string, [dev: string, prod: string]>) {
  const images = new Map<string, { container: string; image: string }[]>();
  const digestOf = (image: string | undefined) => {
    if (image) images.set(image, [{ container: "app", image }]);
    return image ?? null;
  };
  const seen = environments.map(({ id }, place) => {
    const of = Object.entries(workloads).map(([name, versions]): WorkloadSeen => {
      const [desired, observed] = versions[place]!.split(" > ");
      const digests = { desiredDigest: digestOf(desired), observedDigest: digestOf(observed) };
      return { environmentId: id, key: name, kind: "Deployment", name, ...digests };
    });
    return [id, of] as const;
  });
  return rowsOf(environments, new Map(seen), images);
}

it("is by the names of workloads, whatever they are reported in", () => {
  const one: [string, string] = ["a:1", "a:1"];
  const names = rows({ "b-10": one, "b-2": one, a: one }).map(({ workload }) => workload);
  expect(names).toEqual(["a", "b-2", "b-10"]);
});

it("counts an image that Git does not ask for as a difference", () => {
  const [drifted] = rows({ a: ["a:1.0", "a:0.9 > a:1.0"] });
  expect(drifted).toMatchObject({ differs: true, cells: [{ desired: null }, { desired: "a:0.9" }] });
  expect(rows({ a: ["a:1.0", "a:1.0"] })[0]).toMatchObject({ differs: false });
});

it("says what is furthest apart, and where, by the cluster where the names tell nothing apart", () => {
  const [a, b, c] = rows({ a: ["a:1.0", "a:1.0"], b: ["b:2.1", "b:2.0"], c: ["c:1", "other:1"] });
  expect(furthestOf(a!, environments)).toBeNull();
  expect(furthestOf(b!, environments)).toEqual({
    ...{ workload: "b", behind: 1, image: "b:2.0", newest: "b:2.1", where: "prod" },
  });
  expect(nameOf(b!)).toBe("b");
  expect(nameOf(c!)).toBe("");
});
