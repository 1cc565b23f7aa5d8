import { plural } from "#components/ui/format.ts";
import type { RepositoryRow } from "#lib/repositories/schemas.ts";

type Row = Pick<RepositoryRow, "name" | "connection">;
const weight = { failing: 0, none: 1, connected: 2 };

/** What wants a person comes first; among equals, the alphabet. */
export function problemsFirst(a: Row, b: Row): number {
  return weight[a.connection] - weight[b.connection] || a.name.localeCompare(b.name);
}

/** What a colleague would say of all repositories: whether pull requests can be opened, and where not. */
export function repositoriesSentence(rows: readonly Row[]): { text: string; wrong?: boolean }[] {
  if (rows.length === 0) return [{ text: "No repository is followed yet." }];
  const of = (connection: Row["connection"]) => rows.filter((row) => row.connection === connection);
  const [failing, none] = [of("failing"), of("none")];
  const all = plural(rows.length, "repository", "repositories");
  const without =
    none.length === 0
      ? ""
      : ` ${none.length === 1 ? none[0]!.name : none.length} ${none.length === 1 ? "is" : "are"} not connected yet.`;
  if (failing.length > 0) {
    const [first] = failing;
    return [
      {
        text:
          failing.length === 1
            ? `${first!.name} refuses Plumbline`
            : `${failing.length} of ${all} refuse Plumbline`,
        wrong: true,
      },
      { text: `: no pull request can be opened there.${without}` },
    ];
  }
  if (none.length === rows.length)
    return [
      {
        text: `${all} ${rows.length === 1 ? "is" : "are"} read, and not connected yet: pull requests need that.`,
      },
    ];
  if (none.length > 0)
    return [{ text: `Pull requests can be opened in ${rows.length - none.length} of ${all}.${without}` }];
  return [
    { text: `Pull requests can be opened in ${rows.length === 1 ? "the one repository" : `all ${all}`}.` },
  ];
}
