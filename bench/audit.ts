import { closeSync, fstatSync, openSync, readSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Only what the bench's own account asks for is written down: the cluster's controllers go uncounted and undelayed. */
const policy = {
  apiVersion: "audit.k8s.io/v1",
  kind: "Policy",
  omitStages: ["RequestReceived"],
  rules: [{ level: "Metadata", users: ["admin"] }, { level: "None" }],
};

/** Requests of one client as the API server itself wrote them down. */
export type Counted = { requests: number; watches: number };

/** The API server's audit log: the flags that turn it on, and a count of what it holds. */
export function openAudit(folder: string) {
  const policyPath = join(folder, "audit-policy.json");
  const logPath = join(folder, "audit.log");
  writeFileSync(policyPath, JSON.stringify(policy));

  return {
    flags: [`--audit-policy-file=${policyPath}`, `--audit-log-path=${logPath}`],

    /** How long the log is now. */
    mark(): number {
      const file = openSync(logPath, "r");
      try {
        return fstatSync(file).size;
      } finally {
        closeSync(file);
      }
    },

    /** What clients whose user agent begins with `agent` asked for since a mark; watches are told apart. */
    since(mark: number, agent: string): Counted {
      const counted = { requests: 0, watches: 0 };
      for (const line of linesFrom(logPath, mark)) {
        const event = JSON.parse(line) as { userAgent?: string; verb: string; stage: string };
        if (!event.userAgent?.startsWith(agent)) continue;
        if (event.verb === "watch") counted.watches += event.stage === "ResponseStarted" ? 1 : 0;
        else if (event.stage !== "ResponseStarted") counted.requests += 1;
      }
      return counted;
    },
  };
}

function linesFrom(path: string, start: number): string[] {
  const file = openSync(path, "r");
  try {
    const bytes = Buffer.alloc(fstatSync(file).size - start);
    readSync(file, bytes, 0, bytes.length, start);
    return bytes.toString("utf8").split("\n").filter(Boolean);
  } finally {
    closeSync(file);
  }
}
