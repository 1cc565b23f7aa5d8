import { plural } from "#components/ui/format.ts";
import type { ClusterRow } from "#lib/clusters/schemas.ts";

type Row = Pick<ClusterRow, "name" | "status" | "lacks">;

/** What a colleague would say of all agents: whether they speak, and whether one may not see enough. */
export function clustersSentence(clusters: readonly Row[]): string {
  if (clusters.length === 0) return "No cluster is connected yet.";
  const of = (status: Row["status"]) => clusters.filter((cluster) => cluster.status === status);
  const [silent, waiting] = [of("silent"), of("waiting")];
  if (silent.length === 1) return `${silent[0]!.name} is silent; it keeps converging by itself.`;
  if (silent.length > 1)
    return `${silent.length} of ${plural(clusters.length, "cluster")} are silent; they keep converging by themselves.`;
  const blind = clusters.filter(({ lacks }) => lacks.length > 0);
  if (blind.length === 1)
    return `${blind[0]!.name} may not read all that it should; its page has the rule that helps.`;
  if (blind.length > 1)
    return `${blind.length} agents may not read all that they should; their pages have the rules that help.`;
  const speaking = clusters.length - waiting.length;
  if (waiting.length > 0)
    return `${plural(speaking, "cluster")} ${speaking === 1 ? "speaks" : "speak"}, ${waiting.length === 1 ? `${waiting[0]!.name} has` : `${waiting.length} have`} not said hello yet.`;
  return clusters.length === 1 ? "The one cluster speaks." : `All ${clusters.length} clusters speak.`;
}
