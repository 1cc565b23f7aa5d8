import { CopyButton } from "#components/ui/copy.tsx";
import { plural } from "#components/ui/format.ts";
import { rightInWords, ruleGranting } from "#lib/clusters/rules.ts";
import type { ClusterDetail } from "#lib/clusters/schemas.ts";

/** What the agent may not read, so that its objects are Unknown, and the rules that would let it. */
export function Lacks({ cluster }: { cluster: Pick<ClusterDetail, "lacks"> }) {
  const { lacks } = cluster;
  if (lacks.length === 0) return null;
  const objects = lacks.reduce((sum, one) => sum + one.objects, 0);
  const rules = lacks.map(ruleGranting).join("\n");
  return (
    <section aria-labelledby="lacks" className="mt-7">
      <h2 id="lacks" className="font-[550] text-unknown">
        The agent may not read {plural(lacks.length, "kind")}
      </h2>
      <p className="mb-2 max-w-[720px] text-ink-2">
        {plural(objects, "object")} of these {objects === 1 ? "is" : "are"} Unknown for that. Add the rules to{" "}
        <code>rbac.readRules</code> of the agent’s chart, or bind them to its service account; it looks again
        every half minute.
      </p>
      <div className="grid gap-x-8 gap-y-3 border-t border-line pt-2 md:grid-cols-[minmax(0,1fr)_minmax(0,1fr)]">
        <ul>
          {lacks.map((one) => (
            <li key={`${one.group}/${one.resource}`} className="flex justify-between gap-3 py-1">
              <span className="min-w-0 [overflow-wrap:anywhere]">{rightInWords(one)}</span>
              <span className="shrink-0 text-ink-3">{plural(one.objects, "object")}</span>
            </li>
          ))}
        </ul>
        <div className="relative">
          <pre className="whitespace-pre-wrap [overflow-wrap:anywhere] rounded-md bg-sunken p-3 pr-10">
            {rules}
          </pre>
          <CopyButton text={rules} label="Copy the rules" className="absolute right-2 top-2" />
        </div>
      </div>
    </section>
  );
}
