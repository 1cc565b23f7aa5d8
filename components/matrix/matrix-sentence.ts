import { holdsWords, versionOf } from "#lib/matrix/rules.ts";
import type { Matrix, MatrixSection } from "#lib/matrix/schemas.ts";

type Part = { text: string; strong?: boolean };

/** What a colleague would say of all versions: how many are the same everywhere, and which lie furthest apart. */
export function matrixSentence({ rows, apart, furthest }: Matrix["totals"]): Part[] {
  if (rows === 0) return [{ text: "No workload has been reported yet." }];
  if (apart === 0)
    return [
      {
        text:
          rows === 1
            ? "The one image is the same version everywhere."
            : `All ${rows} images are the same version everywhere.`,
      },
    ];
  const counted = `${apart} of ${rows} images ${apart === 1 ? "is" : "are"} not one version everywhere`;
  if (!furthest) return [{ text: `${counted}.` }];
  const { workload, image, where, newest } = furthest;
  return [
    { text: `${counted}; furthest apart is ` },
    { text: workload, strong: true },
    { text: `: ${versionOf(image)} in ${where}, ${versionOf(newest)} at its newest.` },
  ];
}

/** Of what is here already, the rows that a filter will keep, for as long as its answer is on the way. */
export function filterMatrix(
  sections: MatrixSection[],
  filter: { text: string; differing: boolean },
): MatrixSection[] {
  return sections.flatMap((section) => {
    const rows = section.rows.filter(
      (row) =>
        (!filter.differing || row.differs) &&
        holdsWords(filter.text, [
          ...[section.repository.name, row.kind, row.workload, row.container],
          ...row.cells.map(({ image }) => section.images[image] ?? ""),
        ]),
    );
    return rows.length > 0 ? [{ ...section, rows }] : [];
  });
}
