/** One measured line; `met` is undefined where nothing is aimed at. */
export type Row = { what: string; figure: string; ratio?: string; aim?: string; met?: boolean };

/** Prints rows under one another, and says of each aim whether it is met. */
export function printTable(rows: readonly Row[], say: (line: string) => void): void {
  const cells = rows.map(({ what, figure, ratio = "", aim = "", met }) => [
    what,
    figure,
    ratio,
    aim,
    met === undefined ? "" : met ? "met" : "NOT MET",
  ]);
  const table = [["measured", "figure", "ratio", "aim", ""], ...cells];
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  const lines = table.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  lines.splice(1, 0, widths.map((width) => "─".repeat(width)).join("  "));
  for (const line of lines) say(line);
  const missed = rows.filter(({ met }) => met === false);
  say("");
  say(missed.length === 0 ? "Every aim is met." : `Not met: ${missed.map(({ what }) => what).join("; ")}.`);
}
