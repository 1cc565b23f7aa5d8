import { z } from "zod";
import { Cause, EnvironmentState } from "../protocol/state.ts";

/** Which part of the matrix. */
export const MatrixQuery = z.object({
  /** One repository by its name; of all, or of a large organization the first, where it is left out. */
  repository: z.string().nullable().default(null),
  /** Words that a row has to hold. */
  text: z.string().default(""),
  /** Only rows whose environments do not all run the same. */
  differing: z.boolean().default(false),
  /** The first column's place among the environments of the one repository that is shown. */
  from: z.number().int().min(0).default(0),
  /** How many times over more rows were asked for. */
  more: z.number().int().min(0).max(50).default(0),
});
export type MatrixQuery = z.output<typeof MatrixQuery>;

/** The part that one looks at: it stands in the address, so that a filtered page can be pasted into a chat. */
export type MatrixPart = Omit<MatrixQuery, "more">;

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

/** What one container runs in one environment, said briefly: there are many. */
export const MatrixCell = z.object({
  /** Which of the section's columns, from 0. */
  column: z.number().int(),
  /** Which of the section's images: the one that the cluster has; Git's where the cluster's was not recorded. */
  image: z.number().int(),
  /** The image as Git has it, where that is another one. */
  desired: z.number().int().optional(),
  /** Since when it runs there, as far as recorded. */
  since: z.string().optional(),
  /** How many versions of its row are newer; left out where all environments run one. */
  behind: z.number().int().optional(),
  /** It is another image altogether. */
  other: z.literal(true).optional(),
});
export type MatrixCell = z.infer<typeof MatrixCell>;

/** One container of one workload across the environments that have it, in the order of the columns. */
export const MatrixRow = z.object({
  kind: z.string(),
  workload: z.string(),
  container: z.string(),
  /** The image's name that all environments have in common; empty where they have none. */
  name: z.string(),
  /** Whether the environments that are compared do not all run the same, or not what Git says. */
  differs: z.boolean(),
  cells: z.array(MatrixCell),
});
export type MatrixRow = z.infer<typeof MatrixRow>;

export const MatrixSection = z.object({
  repository: z.object({ id: z.uuid(), name: z.string() }),
  /** How many environments there are, and the place of the first column among them, from 0. */
  environments: z.number().int(),
  from: z.number().int(),
  columns: z.array(MatrixColumn),
  images: z.array(z.string()),
  rows: z.array(MatrixRow),
});
export type MatrixSection = z.infer<typeof MatrixSection>;

/** What lies furthest apart: a workload's version where it is oldest, and the newest. */
export const Furthest = z.object({
  workload: z.string(),
  behind: z.number().int(),
  image: z.string(),
  newest: z.string(),
  /** The environment where it is oldest, as its column is called. */
  where: z.string(),
});
export type Furthest = z.infer<typeof Furthest>;

/** Workloads against environments, a section for each repository that is shown. */
export const Matrix = z.object({
  sections: z.array(MatrixSection),
  /** Of all rows of these repositories, whatever is filtered: how many there are and differ. */
  totals: z.object({
    rows: z.number().int(),
    apart: z.number().int(),
    furthest: Furthest.nullable(),
    /** So many environments are compared with one another at a time, where there are more. */
    comparedAtOnce: z.number().int().nullable(),
  }),
  /** How many rows match besides those shown. */
  moreRows: z.number().int(),
  /** Whether all repositories are shown at once where none is asked for. */
  together: z.boolean(),
  /** Every repository; those that are not shown can be asked for by name. */
  repositories: z.array(z.object({ name: z.string(), environments: z.number().int(), shown: z.boolean() })),
});
export type Matrix = z.infer<typeof Matrix>;
