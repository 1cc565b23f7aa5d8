import type { Part } from "#components/fleet/fleet-sentence.ts";
import { signOf } from "#components/state/state.ts";
import { plural } from "#components/ui/format.ts";
import type { EnvironmentDetail } from "#lib/environments/schemas.ts";

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** What a colleague would say of one environment, the interesting part coloured. */
export function environmentSentence(environment: EnvironmentDetail): Part[] {
  const sign = signOf(environment.state, environment.causes);
  const name = capital(environment.name);
  const off = differing(environment);
  const total = plural(environment.resourceCount, "object");
  switch (sign) {
    case "converged":
      return [{ text: `${name} is what Git says: all ${total} agree.` }];
    case "suspended":
      return [
        { text: `${name} ` },
        { text: "is suspended", sign },
        { text: `: ${(environment.suspended?.reason ?? "nothing is applied").replace(/\.$/, "")}.` },
      ];
    case "unknown":
      return [{ text: `${name} ` }, { text: "is unknown", sign }, { text: `: ${environment.reason}` }];
    case "converging":
      return [{ text: `${name} ` }, { text: "is converging", sign }, { text: `. ${environment.reason}` }];
    case "failed":
      return [{ text: `${name} ` }, { text: "failed", sign }, { text: `: ${stageWords(environment)}.` }];
    case "unhealthy":
      return [
        { text: `${name} is what Git says, and ` },
        { text: "is not healthy", sign },
        { text: `: ${plural(unhealthy(environment), "object")} of ${environment.resourceCount}.` },
      ];
    case "drift":
      return [
        { text: `${name} ` },
        { text: "has drifted", sign },
        { text: `: ${off} of ${total} ${off === 1 ? "is" : "are"} not what Git says.` },
      ];
    case "pending":
      return [
        { text: `${name} ` },
        { text: "is behind Git", sign },
        {
          text:
            off > 0
              ? `: ${off} of ${total} ${off === 1 ? "waits" : "wait"} for the change.`
              : ": Git has moved, the cluster has not.",
        },
      ];
  }
}

function differing({ counts }: EnvironmentDetail) {
  return (counts.sync.Modified ?? 0) + (counts.sync.Missing ?? 0) + (counts.sync.Extra ?? 0);
}

function unhealthy({ counts }: EnvironmentDetail) {
  return (counts.health.Degraded ?? 0) + (counts.health.Missing ?? 0) + (counts.health.Progressing ?? 0);
}

function stageWords({ problem }: EnvironmentDetail): string {
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
