import { z } from "zod";
import { Cause, EnvironmentState } from "../protocol/state.ts";

/** One environment of a repository, as a column: what of it is compared, and since when that is so. */
export const MatrixColumn = z.object({
  id: z.uuid(),
  name: z.string(),
  cluster: z.string(),
  state: EnvironmentState,
  causes: z.array(Cause),
  /** The revision that was compared last, and when it was committed. */
  revision: z.string().nullable(),
  committedAt: z.string().nullable(),
});
export type MatrixColumn = z.infer<typeof MatrixColumn>;

/** What one container runs in one environment. */
export const MatrixCell = z.object({
  environment: z.uuid(),
  /** The image as the cluster has it; as Git has it where the cluster's was not recorded. */
  image: z.string(),
  /** The image as Git has it, where that is another one. */
  desired: z.string().nullable(),
  /** Since when it runs there, as far as recorded. */
  since: z.string().nullable(),
});
export type MatrixCell = z.infer<typeof MatrixCell>;

/** One container of one workload across the environments that have it, in the order of the columns. */
export const MatrixRow = z.object({
  kind: z.string(),
  workload: z.string(),
  container: z.string(),
  cells: z.array(MatrixCell),
});
export type MatrixRow = z.infer<typeof MatrixRow>;

export const MatrixSection = z.object({
  repository: z.object({ id: z.uuid(), name: z.string() }),
  columns: z.array(MatrixColumn),
  rows: z.array(MatrixRow),
  /** How many environments and rows there are besides those shown. */
  moreColumns: z.number().int(),
  moreRows: z.number().int(),
});
export type MatrixSection = z.infer<typeof MatrixSection>;

/** Workloads against environments, a section for each repository that is shown. */
export const Matrix = z.object({
  sections: z.array(MatrixSection),
  /** Every repository; those that are not shown can be asked for by name. */
  repositories: z.array(z.object({ name: z.string(), environments: z.number().int(), shown: z.boolean() })),
});
export type Matrix = z.infer<typeof Matrix>;
