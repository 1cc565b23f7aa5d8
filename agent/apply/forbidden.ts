import type { ObjectRef } from "../../lib/protocol/object.ts";
import { ApiError, nameOf, toStageError } from "../cluster/index.ts";
import { StageError } from "../errors.ts";
import type { Run } from "./run.ts";

type Verb = "create" | "patch" | "delete";

/**
 * What became of an object, with who was impersonated and which right is missing, where that is why. Rights,
 * quotas, policies and webhooks all answer 403; so the API server is asked which of the rights there are.
 */
export async function explained(
  run: Run,
  stage: "validate" | "apply" | "prune",
  error: unknown,
  ref: ObjectRef,
): Promise<StageError> {
  const told = toStageError(stage, error, ref);
  const { account } = run.input;
  if (!account || !(error instanceof ApiError) || error.status !== 403) return told;
  if (told.reason === "NamespaceTerminating") return told;
  const who = `the service account ${account.namespace}/${account.name}`;
  const refuse = (reason: string, message: string) =>
    new StageError(stage, reason, message, { next: "retry", at: { ref }, cause: error });
  try {
    const type = await run.cluster.resourceFor(ref);
    const isThere = run.input.observed?.(ref) !== undefined;
    const verbs: Verb[] = stage === "prune" ? ["delete"] : isThere ? ["patch"] : ["create", "patch"];
    const question = { group: ref.group, resource: type?.plural ?? "", namespace: ref.namespace };
    const answers = await Promise.all(verbs.map((verb) => mayDo(run, { ...question, verb })));
    const missing = verbs.filter((_, at) => !answers[at]);
    if (missing.length === 0)
      return refuse(told.reason, `${told.message} It is applied as ${who}.`.slice(0, 4000));
    const what = `${question.resource}${ref.group ? `.${ref.group}` : ""}`;
    const where = ref.namespace ? `in the namespace ${ref.namespace}` : "in the whole cluster";
    const act = stage === "prune" ? "remove" : "apply";
    return refuse(
      "Forbidden",
      `${capital(who)}, which this environment is applied as, may not ${act} ${nameOf(ref)}: it lacks the right to ${missing.join(" and ")} ${what} ${where}. Grant it by a role and a binding, or take the object out of Git.`,
    );
  } catch (asking) {
    if (!(asking instanceof ApiError)) throw asking;
    if (asking.status !== 403) return told;
    return refuse(
      "ImpersonationForbidden",
      `The agent may not act as ${who}, which this environment is applied as: its own account lacks the right to impersonate serviceaccounts "${account.name}" in the namespace ${account.namespace}. Grant it that, or take serviceAccountName out of the declaration.`,
    );
  }
}

/** Asked once a run for each right: a set that is forbidden is mostly forbidden as a whole. */
function mayDo(run: Run, question: Parameters<Run["writes"]["canI"]>[0]): Promise<boolean> {
  const key = JSON.stringify(question);
  const known = run.rights.get(key);
  if (known) return known;
  const asked = run.writes.canI(question).then(({ allowed }) => allowed);
  run.rights.set(key, asked);
  return asked;
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
