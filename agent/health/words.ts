import type { HealthStatus } from "../../lib/protocol/state.ts";

const FAILED =
  /\b(fail\w*|err|error\w*|invalid\w*|degraded|unhealthy|crash\w*|reject\w*|denied|deny|lost|abort\w*|cancel\w*|time ?d? ?out|timeout|broken|misconfigur\w*|red|warn\w*|conflict\w*|not (set|allowed|controlled|found|supported|permitted)|(?<!not )already exists|stalled|orphan\w*|unschedulable|unreachable|unauthori[sz]ed|forbidden|refused|different versions|inconsistent|stuck|dead|killed|evicted|expired|exceeded|violat\w*|problem|no matching \w+|no \w+ found|no such|failover|out of sync|unrecoverable|incompatible|unsupported|mismatch\w*|exhausted|insufficient)\b/;
const STOPPED =
  /\b(pause|paused|suspend|suspended|hibernat(ed|ion)|stopped|disabled|cordoned|sleeping|standby)\b/;
const UNDONE = /\b(not|no|un(ready|bound|initialized|provisioned|attached)|never)\b/;
const FINE =
  /(^|\s)(ready|running|active|available|healthy|success|successful|successfully|succeeded|succeed|complete|completed|bound|ok|online|deployed|established|accepted|valid|green|synced|in ?sync|synchronized|up|up to date|finished|created|configured|normal|enabled|applied|connected|provisioned|installed|initialized|reconciled|stable|done|passed|pass|released|registered|attached|resolved|issued|published|admitted|programmed|at latest known|healthy state|operational|serving|listening|started|open|opened|merged|loaded|current|alive|joined|elected|imported|restored|validated|verified|approved|updated|true|good|promoted)$/;
const UNDER_WAY =
  /\b(\w{2,}ing|pending|progress\w*|init|initial|wait|queued|new|yellow|scheduled|submitted|requested|retry|rollout|upgrade|update|started|partial\w*)\b/;

/** Kubernetes' way of naming things after the verb: `ClusterRunning`, `Serving` are states of rest. */
const AT_REST = /\b(running|serving|listening|working|operating)$/;

/** What a controller's word for a phase, state or reason says, if it says anything. */
export function readWord(word: string): HealthStatus | undefined {
  const text = spell(word);
  if (text === "" || text.length > 200) return undefined;
  if (FAILED.test(text)) return "Degraded";
  if (STOPPED.test(text)) return "Suspended";
  if (UNDONE.test(text)) return "Progressing";
  if (/^\w+ing\b/.test(text) && !AT_REST.test(text)) return "Progressing";
  if (FINE.test(text)) return "Healthy";
  return UNDER_WAY.test(text) ? "Progressing" : undefined;
}

/** The parts of a word such as `ImportInProgress`, in lower case and with blanks between. */
function spell(word: string): string {
  return word
    .replace(/([a-z\d])([A-Z])/g, "$1 $2")
    .replace(/[_\-./:]+/g, " ")
    .replace(/\s+/g, " ")
    .toLowerCase()
    .trim();
}

const ORDER: HealthStatus[] = ["Degraded", "Progressing", "Suspended", "Missing", "Unknown", "Healthy"];

/** The status that matters most of several. */
export function worstOf<T extends { status: HealthStatus }>(all: readonly T[]): T | undefined {
  return all.reduce<T | undefined>(
    (worst, one) => (worst && ORDER.indexOf(worst.status) <= ORDER.indexOf(one.status) ? worst : one),
    undefined,
  );
}
