import { type Sign, signOf } from "#components/state/state.ts";
import { plural } from "#components/ui/format.ts";
import type { EnvironmentDetail } from "#lib/environments/schemas.ts";

/** A stretch of a sentence: what is off in its colour, an instant to be said in the reader's zone. */
export type SentencePart = { text: string; sign?: Sign; at?: undefined } | { at: string; text?: undefined };

type About = Pick<
  EnvironmentDetail,
  "name" | "state" | "causes" | "reason" | "counts" | "resourceCount" | "problem" | "suspended" | "since"
>;

/** What a colleague would say of one environment: the interesting part coloured, everything else that is so after it. */
export function environmentSentence(environment: About): SentencePart[] {
  const sign = signOf(environment.state, environment.causes);
  const name = capital(environment.name);
  const since: SentencePart[] = [{ text: ", since " }, { at: environment.since }, { text: "." }];
  const { drifted, waiting, unhealthy } = numbers(environment);
  const total = environment.resourceCount;
  switch (sign) {
    case "converged":
      return [
        {
          text:
            total === 1
              ? `${name} is what Git says: its one object agrees.`
              : `${name} is what Git says: all ${total} objects agree.`,
        },
      ];
    case "suspended":
      return [
        { text: `${name} ` },
        { text: "is suspended", sign },
        {
          text: `: ${ended(environment.suspended?.reason ?? "nothing is applied")}${lagWhileSuspended(environment)}`,
        },
      ];
    case "unknown":
      return [
        { text: `${name} ` },
        { text: "is unknown", sign },
        { text: `: ${ended(lower(environment.reason))}` },
      ];
    case "converging":
      return [
        { text: `${name} ` },
        { text: "is converging", sign },
        { text: `: ${ended(lower(environment.reason))}` },
      ];
    case "failed":
      return [
        { text: `${name} ` },
        { text: "failed", sign },
        { text: `: ${stageWords(environment)}` },
        ...since,
        ...also(environment, "failed"),
      ];
    case "drift":
      return [
        { text: `${name} ` },
        { text: "has drifted", sign },
        { text: `: ${ofObjects(drifted, total)} ${drifted === 1 ? "is" : "are"} not what Git says` },
        ...since,
        ...also(environment, "drift"),
      ];
    case "pending":
      return [
        { text: `${name} ` },
        { text: "is behind Git", sign },
        {
          text:
            waiting > 0
              ? `: ${ofObjects(waiting, total)} ${waiting === 1 ? "waits" : "wait"} for the change`
              : ": Git has moved, the cluster has not",
        },
        ...since,
        ...also(environment, "pending"),
      ];
    case "unhealthy":
      return [
        { text: `${name} is what Git says, and ` },
        { text: "is not healthy", sign },
        { text: `: ${ofObjects(unhealthy, total)} ${unhealthy === 1 ? "does" : "do"} not work` },
        ...since,
      ];
  }
}

/** The causes that do not lead: each in a sentence of its own. */
function also(environment: About, leading: Sign): SentencePart[] {
  const { drifted, waiting, unhealthy } = numbers(environment);
  const has = (cause: About["causes"][number]) => cause !== leading && environment.causes.includes(cause);
  const more = [
    has("drift") && `${plural(drifted, "object")} ${drifted === 1 ? "has" : "have"} drifted`,
    has("pending") &&
      (waiting > 0
        ? `${plural(waiting, "object")} ${waiting === 1 ? "waits" : "wait"} for what Git says now`
        : "Git has moved on"),
    has("unhealthy") &&
      unhealthy > 0 &&
      `${plural(unhealthy, "object")} ${unhealthy === 1 ? "is" : "are"} not healthy`,
  ].filter((text): text is string => Boolean(text));
  return more.length > 0
    ? [{ text: ` ${capital(more.join(", and "))}${leading === "failed" ? "" : " as well"}.` }]
    : [];
}

function lagWhileSuspended(environment: About): string {
  const { drifted, waiting } = numbers(environment);
  const off = drifted + waiting;
  return off > 0
    ? ` ${capital(ofObjects(off, environment.resourceCount))} ${off === 1 ? "is" : "are"} not what Git says.`
    : "";
}

const ofObjects = (n: number, total: number) =>
  n >= total ? (total === 1 ? "its one object" : `all ${total} objects`) : `${n} of ${total} objects`;

function numbers({ counts }: Pick<About, "counts">) {
  const differing = (counts.sync.Modified ?? 0) + (counts.sync.Missing ?? 0) + (counts.sync.Extra ?? 0);
  const drifted = counts.cause.drift ?? 0;
  return {
    drifted,
    waiting: Math.max(0, differing - drifted),
    unhealthy:
      (counts.health.Degraded ?? 0) + (counts.health.Missing ?? 0) + (counts.health.Progressing ?? 0),
  };
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
/** The rest of a sentence begins small, unless it begins with a name or an abbreviation. */
const lower = (text: string) =>
  /^[A-Z][a-z]+ /.test(text) && !/^(Git|Helm|Kustomize|Kubernetes) /.test(text)
    ? text.charAt(0).toLowerCase() + text.slice(1)
    : text;
const ended = (text: string) => (/[.!?…]$/.test(text.trim()) ? text.trim() : `${text.trim()}.`);

function stageWords({ problem }: About): string {
  const words = {
    declare: "its declaration cannot be used",
    fetch: "Git could not be read",
    render: "what Git says could not be rendered",
    compare: "the cluster could not be compared",
    validate: "the cluster refused the change, and nothing was applied",
    apply: "the change could not be applied",
    prune: "what Git dropped could not be removed",
    wait: "the change did not become healthy",
  };
  return problem ? words[problem.stage] : "the last change could not be applied";
}
