import type { HealthStatus } from "../../lib/protocol/state.ts";

/** The parts of a word such as `ImportInProgress`, in lower case. */
function plain(word: string): string {
  return word
    .replace(/([a-z\d])([A-Z])/g, "$1 $2")
    .replace(/[_\-.]+/g, " ")
    .toLowerCase()
    .trim();
}

const DEGRADED =
  /\b(fail\w*|err|error\w*|invalid\w*|degraded|unhealthy|crash\w*|reject\w*|den(y|ied)|lost|abort\w*|cancel\w*|time ?d? ?out|timeout|broken|misconfigur\w*|red|warn\w*|unavailable|conflict\w*|not (set|allowed|controlled|found|supported|permitted)|already exists|missing|stalled|orphan\w*|unschedulable|unreachable|unauthori[sz]ed|forbidden|refused|different versions|inconsistent|stuck|dead|killed|evicted|expired|exceeded|violat\w*|unknown host|problem|bad|no matching instances)\b/;
const SUSPENDED = /\b(pause\w*|suspend\w*|hibernat(ed|ion)|stopped|disabled|cordoned|sleeping|standby)\b/;
const HEALTHY =
  /^(?:\w+ )*?(ready|running|active|available|healthy|success|successful|succeeded|succeed|complete|completed|bound|ok|online|deployed|established|accepted|valid|green|synced|in sync|synchronized|up|up to date|finished|created|configured|normal|enabled|applied|connected|provisioned|installed|initialized|reconciled|stable|done|passed|released|registered|attached|resolved|issued|published|admitted|programmed|at latest known|cluster in healthy state|operational|serving|started|open|merged|loaded)$/;
const PROGRESSING =
  /\b(\w+ing|pending|progress\w*|in progress|init|wait\w*|queued|new|yellow|scheduled|not ?ready|not reconciled|not yet|reconcil\w*|rollout|scale (up|down)|submitted|requested|retry\w*|draft|update|upgrade)\b/;

/** What a controller's word for a phase, state or reason says, if it says anything. */
export function readWord(word: string): HealthStatus | undefined {
  const text = plain(word);
  if (text === "") return undefined;
  if (DEGRADED.test(text)) return "Degraded";
  if (SUSPENDED.test(text)) return "Suspended";
  if (/\bnot\b|\bun(ready|available|bound)\b/.test(text)) return "Progressing";
  if (HEALTHY.test(text)) return "Healthy";
  if (PROGRESSING.test(text)) return "Progressing";
  return undefined;
}
