import { conditionsOf, findCondition } from "./conditions.ts";
import { degraded, healthy, type JsonMap, mapOf, mapsOf, progressing, type Rule, textOf } from "./health.ts";

/** GitOps Promoter: Ready first, then whether each environment has what is proposed to it. */
export const promoter: Rule = (object) => {
  const conditions = conditionsOf(object);
  const status = mapOf(object.status);
  const ready = findCondition(conditions, "Ready");
  if (!ready) return conditions.length > 0 ? progressing("It has not reported Ready yet.") : undefined;
  const { generation } = object.metadata ?? {};
  if (typeof generation === "number" && (ready.observed ?? generation) < generation) return undefined;
  if (ready.status !== "True")
    return ready.status === "False"
      ? degraded(`${ready.reason}: ${ready.message}`)
      : progressing("It is not ready yet.");
  if (object.kind === "CommitStatus") return healthy("It reports a commit's status.");
  if (object.kind === "ArgoCDCommitStatus" && mapsOf(status.applicationsSelected).length === 0)
    return degraded("It selects no applications.");
  if (object.kind === "ChangeTransferPolicy") return promotion(status, "");
  if (object.kind !== "PromotionStrategy") return undefined;
  const environments = mapsOf(status.environments);
  if (environments.length === 0) return degraded("It has no environments.");
  const proposals = new Set(environments.map(proposedSha));
  if (proposals.size > 1) return progressing("Its environments do not have the same commit proposed yet.");
  const verdicts = environments.map((one) => promotion(one, ` in ${textOf(one.branch)}`));
  return verdicts.find((one) => one.status !== "Healthy") ?? verdicts[0];
};

function promotion(environment: JsonMap, where: string) {
  const active = textOf(mapOf(mapOf(environment.active).dry).sha);
  const proposed = proposedSha(environment);
  if (!active || !proposed)
    return progressing(`Its ${active ? "proposed" : "active"} commit is not known yet${where}.`);
  if (active !== proposed) return progressing(`It is promoting ${proposed.slice(0, 7)}${where}.`);
  return healthy(`It is up to date${where}.`);
}

function proposedSha(environment: JsonMap): string {
  const proposed = mapOf(environment.proposed);
  return textOf(mapOf(proposed.note).drySha) || textOf(mapOf(proposed.dry).sha);
}
