import type { ContainerImage } from "../manifests/images.ts";
import { byName, columnName, imageParts, type Standing, standingsOf } from "./rules.ts";
import type { Furthest, MatrixColumn } from "./schemas.ts";

/** A workload of an environment as it was reported, with the digests of its manifests. */
export type WorkloadSeen = {
  environmentId: string;
  key: string;
  kind: string;
  name: string;
  desiredDigest: string | null;
  observedDigest: string | null;
};

/** What one container runs in one environment. `place`: the environment's, among those that are compared. */
export type CellSeen = { place: number; workload: WorkloadSeen; image: string; desired: string | null };

/** A container of a workload in every environment that is compared, and how its versions stand to one another. */
export type RowSeen = {
  kind: string;
  workload: string;
  container: string;
  cells: CellSeen[];
  standings: Standing[];
  differs: boolean;
};

/** The rows of environments that are compared, by their names. */
export function rowsOf(
  environments: readonly MatrixColumn[],
  seen: Map<string, WorkloadSeen[]>,
  images: Map<string, ContainerImage[]>,
): RowSeen[] {
  const rows = new Map<string, Omit<RowSeen, "standings" | "differs">>();
  for (const [place, { id }] of environments.entries())
    for (const workload of seen.get(id) ?? []) {
      const of = (digest: string | null) => (digest ? images.get(digest) : undefined);
      const desired = of(workload.desiredDigest) ?? [];
      for (const { container, image } of of(workload.observedDigest) ?? desired) {
        const key = `${workload.kind}/${workload.name}/${container}`;
        const row = rows.get(key) ?? { kind: workload.kind, workload: workload.name, container, cells: [] };
        // Of two with one name in two namespaces of one environment, the first stands for both.
        if (row.cells.at(-1)?.place === place) continue;
        const wanted = desired.find((one) => one.container === container)?.image ?? null;
        row.cells.push({ place, workload, image, desired: wanted === image ? null : wanted });
        rows.set(key, row);
      }
    }
  return [...rows.values()]
    .map((row) => {
      const standings = standingsOf(
        row.cells.map(({ image, place }) => ({ image, committedAt: environments[place]!.committedAt })),
      );
      const differs = standings.some(({ is }) => is !== "same") || row.cells.some(({ desired }) => desired);
      return { ...row, standings, differs };
    })
    .sort((a, b) => byName(a.workload, b.workload) || byName(a.kind, b.kind));
}

/** What lies furthest apart in a row; null where nothing is behind. */
export function furthestOf(row: RowSeen, environments: readonly MatrixColumn[]): Furthest | null {
  const behind = Math.max(...row.standings.map((one) => one.behind));
  if (behind === 0) return null;
  const oldest = row.cells[row.standings.findIndex((one) => one.behind === behind)]!;
  const newest = row.cells[row.standings.findIndex(({ is }) => is === "newest")]!;
  const where = columnName(environments[oldest.place]!, environments).name;
  return { workload: row.workload, behind, image: oldest.image, newest: newest.image, where };
}

/** The image's name that a row's cells have in common; empty where they have none. */
export function nameOf(row: RowSeen): string {
  const names = new Set(row.cells.map(({ image }) => imageParts(image).name));
  return names.size === 1 ? [...names][0]! : "";
}
