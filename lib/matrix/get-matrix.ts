import type { z } from "zod";
import { type Context, requireRole } from "../auth/context.ts";
import { type Transaction, withOrganization } from "../db.ts";
import { countRepositories, type Environment, readEnvironments, readWorkloads } from "./read-environments.ts";
import { readImages } from "./read-images.ts";
import { furthestOf, nameOf, type RowSeen, rowsOf, type WorkloadSeen } from "./rows.ts";
import { holdsWords, MOST_COLUMNS } from "./rules.ts";
import {
  type Furthest,
  type Matrix,
  type MatrixCell,
  type MatrixColumn,
  MatrixQuery,
  type MatrixSection,
} from "./schemas.ts";
import { pastsOf } from "./since.ts";

/** All repositories of an organization are shown at once up to so many environments; of a larger one, one of them. */
const MOST_ENVIRONMENTS = 150;
/** So many environments of a repository are compared with one another at once. */
const MOST_COMPARED = 1000;
/** Rows are shown until so many cells are, that a page stays small; more of them where that is asked. */
const CELLS = 240;

type Compared = { all: Environment[]; block: Environment[]; start: number; from: number; rows: RowSeen[] };

/**
 * Which image every container of every workload runs, in every environment: a section for each repository, its
 * environments in the order that releases take.
 */
export async function getMatrix({
  ctx,
  input = {},
}: {
  ctx: Context;
  input?: z.input<typeof MatrixQuery>;
}): Promise<Matrix> {
  requireRole(ctx, "viewer");
  const { organizationId } = ctx;
  const query = MatrixQuery.parse(input);
  return withOrganization(organizationId, async (tx) => {
    const counts = await countRepositories(tx, organizationId);
    const total = counts.reduce((sum, one) => sum + one.environments, 0);
    const asked = counts.filter(({ name }) => name === query.repository);
    const together = total <= MOST_ENVIRONMENTS;
    const shown = asked.length > 0 ? asked : together ? counts : counts.slice(0, 1);
    const environments = await readEnvironments(
      tx,
      organizationId,
      shown.map(({ id }) => id),
    );
    const from = shown.length === 1 ? query.from : 0;
    const compared = await compare(tx, organizationId, environments, from);
    const { sections, moreRows } = await portion(tx, organizationId, compared, query);
    const rows = compared.flatMap((one) => one.rows);
    const furthest = compared
      .flatMap((one) => one.rows.flatMap((row) => furthestOf(row, one.block) ?? []))
      .reduce<Furthest | null>((most, one) => (most && most.behind >= one.behind ? most : one), null);
    return {
      sections,
      moreRows,
      totals: {
        rows: rows.length,
        apart: rows.filter(({ differs }) => differs).length,
        furthest,
        comparedAtOnce: compared.some(({ all, block }) => all.length > block.length) ? MOST_COMPARED : null,
      },
      together,
      repositories: counts.map(({ id, name, environments: n }) => ({
        name,
        environments: n,
        shown: shown.some((one) => one.id === id),
      })),
    };
  });
}

/** Compares what the environments of each repository run; of very many, those around the first column. */
async function compare(
  tx: Transaction,
  organizationId: string,
  environments: Environment[],
  from: number,
): Promise<Compared[]> {
  const blocks = [...Map.groupBy(environments, (one) => one.repositoryId).values()].map((all) => {
    const first = from < all.length ? from : 0;
    const start = first - (first % MOST_COMPARED);
    return { all, start, from: first, block: all.slice(start, start + MOST_COMPARED) };
  });
  const workloads = await readWorkloads(
    tx,
    organizationId,
    blocks.flatMap(({ block }) => block.map(({ id }) => id)),
  );
  const digests = workloads.flatMap(({ desiredDigest, observedDigest }) => [
    desiredDigest ?? [],
    observedDigest ?? [],
  ]);
  const images = await readImages(tx, organizationId, digests.flat());
  const seen = Map.groupBy(workloads, (one) => one.environmentId);
  return blocks.map((one) => ({ ...one, rows: rowsOf(one.block, seen, images) }));
}

/** The part of the rows that is shown, with since when each version runs. */
async function portion(
  tx: Transaction,
  organizationId: string,
  compared: Compared[],
  query: MatrixQuery,
): Promise<{ sections: MatrixSection[]; moreRows: number }> {
  let left = CELLS * (query.more + 1);
  let moreRows = 0;
  const parts = compared.map((one) => {
    const first = one.from - one.start;
    const inSight = ({ place }: { place: number }) => place >= first && place < first + MOST_COLUMNS;
    const rows = one.rows.flatMap((row) => {
      const shown = row.cells.filter(inSight);
      if (shown.length === 0 || !isWanted(row, one.all[0]!.repository, query)) return [];
      if (left <= 0) {
        moreRows += 1;
        return [];
      }
      left -= shown.length;
      return [{ row, shown }];
    });
    return { one, first, rows };
  });
  const shown = parts.flatMap(({ rows }) => rows.flatMap((row) => row.shown.map(({ workload }) => workload)));
  const pasts = await pastsOf(tx, organizationId, shown);
  const images = await readImages(tx, organizationId, pasts.digests);
  const since = (workload: WorkloadSeen, container: string, image: string) =>
    pasts.since(
      workload,
      (digest) => images.get(digest)?.find((one) => one.container === container)?.image === image,
    );
  const sections = parts
    // The one repository that is shown stays, so that one can go on to its other environments.
    .filter(({ rows }) => rows.length > 0 || compared.length === 1)
    .map(({ one, first, rows }): MatrixSection => {
      const named = openNames();
      const { repositoryId: id, repository: name } = one.all[0]!;
      return {
        repository: { id, name },
        environments: one.all.length,
        from: one.from,
        columns: one.block.slice(first, first + MOST_COLUMNS).map(columnOf),
        rows: rows.map(({ row, shown }) => ({
          ...{ kind: row.kind, workload: row.workload, container: row.container },
          ...{ name: nameOf(row), differs: row.differs },
          cells: shown.map((cell): MatrixCell => {
            const { is, behind } = row.standings[row.cells.indexOf(cell)]!;
            const at = since(cell.workload, row.container, cell.image);
            return {
              column: cell.place - first,
              image: named.placeOf(cell.image),
              ...(cell.desired !== null && { desired: named.placeOf(cell.desired) }),
              ...(at !== null && { since: at }),
              ...(is === "other" ? { other: true as const } : is !== "same" && { behind }),
            };
          }),
        })),
        images: named.all,
      };
    });
  return { sections, moreRows };
}

const isWanted = (row: RowSeen, repository: string, { text, differing }: MatrixQuery) =>
  (!differing || row.differs) &&
  holdsWords(text, [
    ...[repository, row.kind, row.workload, row.container],
    ...new Set(row.cells.map(({ image }) => image)),
  ]);

const columnOf = ({
  id,
  name,
  cluster,
  state,
  causes,
  revision,
  committedAt,
}: Environment): MatrixColumn => ({
  ...{ id, name, cluster, state, causes, revision, committedAt },
});

/** Says each text once, and gives its place. */
function openNames() {
  const places = new Map<string, number>();
  const all: string[] = [];
  const placeOf = (text: string) => {
    const place = places.get(text) ?? all.push(text) - 1;
    places.set(text, place);
    return place;
  };
  return { all, placeOf };
}
