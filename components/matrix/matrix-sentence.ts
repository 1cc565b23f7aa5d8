import { imageParts, standingsOf, versionOf } from "#lib/matrix/rules.ts";
import type { MatrixColumn, MatrixRow, MatrixSection } from "#lib/matrix/schemas.ts";

type Part = { text: string; strong?: boolean };

/** Where environments are called apart by their clusters alone, the clusters are their names. */
export function columnName(column: MatrixColumn, columns: MatrixColumn[]): { name: string; under: string } {
  const alike = columns.every(({ name }) => name === column.name);
  return alike ? { name: column.cluster, under: "" } : { name: column.name, under: column.cluster };
}

/** Whether the environments that have a row do not all run the same. */
export function differs(row: MatrixRow, columns: MatrixColumn[]): boolean {
  return (
    standingsOf(row, columns).some(({ is }) => is !== "same") || row.cells.some(({ desired }) => desired)
  );
}

/** What a colleague would say of all versions: how many are the same everywhere, and which lie furthest apart. */
export function matrixSentence(sections: readonly MatrixSection[]): Part[] {
  const rows = sections.flatMap(({ rows: own, columns }) => own.map((row) => ({ row, columns })));
  if (rows.length === 0) return [{ text: "No workload has been reported yet." }];
  const apart = rows.filter(({ row, columns }) => differs(row, columns));
  const all = rows.length === 1 ? "The one image" : `All ${rows.length} images`;
  if (apart.length === 0)
    return [{ text: `${all} ${rows.length === 1 ? "is" : "are"} the same version everywhere.` }];
  const [first] = apart
    .map(({ row, columns }) => ({ row, columns, furthest: furthestOf(row, columns) }))
    .sort((a, b) => b.furthest.behind - a.furthest.behind || a.row.workload.localeCompare(b.row.workload));
  const counted = `${apart.length} of ${rows.length} images ${apart.length === 1 ? "is" : "are"} not one version everywhere`;
  const { row, columns, furthest } = first!;
  if (furthest.behind === 0) return [{ text: `${counted}.` }];
  const newest = row.cells[standingsOf(row, columns).findIndex(({ is }) => is === "newest")];
  const where = columns.find(({ id }) => id === furthest.environment)!;
  return [
    { text: `${counted}; furthest apart is ` },
    { text: row.workload, strong: true },
    {
      text: `: ${versionOf(furthest.image)} in ${columnName(where, columns).name}, ${versionOf(newest?.image ?? "")} at its newest.`,
    },
  ];
}

function furthestOf(row: MatrixRow, columns: MatrixColumn[]) {
  const standings = standingsOf(row, columns);
  const index = standings.reduce((worst, one, at) => (one.behind > standings[worst]!.behind ? at : worst), 0);
  return { behind: standings[index]!.behind, ...row.cells[index]! };
}

/** The image's name that a row's cells have in common; empty where they have none. */
export function imageNameOf(row: MatrixRow): string {
  const names = new Set(row.cells.map(({ image }) => imageParts(image).name));
  return names.size === 1 ? [...names][0]! : "";
}

/** Sections with the rows that hold all words of `text`, and only rows that differ where that is asked. */
export function filterMatrix(
  sections: MatrixSection[],
  filter: { text: string; differing: boolean },
): MatrixSection[] {
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
  return sections.flatMap((section) => {
    const rows = section.rows.filter((row) => {
      if (filter.differing && !differs(row, section.columns)) return false;
      const said = [
        section.repository.name,
        row.kind,
        row.workload,
        row.container,
        ...row.cells.map(({ image }) => image),
      ];
      const text = said.join(" ").toLowerCase();
      return words.every((word) => text.includes(word));
    });
    return rows.length > 0 ? [{ ...section, rows }] : [];
  });
}
