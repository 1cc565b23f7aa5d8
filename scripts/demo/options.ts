import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { parse } from "yaml";

/** What `npm run demo -- …` was asked for. */
export interface DemoOptions {
  port: number;
  /** Forget everything an earlier run kept. */
  reset: boolean;
  /** A cluster of the person's own, in place of the demo's production cluster. */
  own?: { kubeconfig: string; context: string };
  /** Whether that cluster may be written to. */
  sync: boolean;
}

const usage = `npm run demo -- [--port N] [--reset] [--kubeconfig FILE [--context C] [--sync]]

  --port N           where Plumbline answers (4300)
  --reset            forget what an earlier run kept, and begin anew
  --kubeconfig FILE  use this cluster of yours as the production cluster; it is only read
  --context C        the context to use of that file, if not its current one
  --sync             let the demo create and change its own namespaces in that cluster`;

/** A wrong argument: the message is for the person who typed it. */
export class UsageError extends Error {}

/** Reads the command line; null where only the usage was asked for (and printed). */
export function readDemoOptions(argv: string[]): DemoOptions | null {
  const values = parseArguments(argv);
  if (values.help) {
    console.log(usage);
    return null;
  }
  const port = Number(values.port ?? 4300);
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new UsageError(`--port ${values.port} is not a port number (1 to 65535).`);
  if (!values.kubeconfig && (values.context || values.sync))
    throw new UsageError("--context and --sync are about a cluster of yours: give --kubeconfig FILE, too.");
  return {
    port,
    reset: values.reset === true,
    sync: values.sync === true,
    own: values.kubeconfig ? ownCluster(resolve(values.kubeconfig), values.context) : undefined,
  };
}

function parseArguments(argv: string[]) {
  const options = {
    port: { type: "string" },
    reset: { type: "boolean" },
    kubeconfig: { type: "string" },
    context: { type: "string" },
    sync: { type: "boolean" },
    help: { type: "boolean", short: "h" },
  } as const;
  try {
    return parseArgs({ args: argv, options }).values;
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n\n${usage}`);
  }
}

function ownCluster(kubeconfig: string, wanted: string | undefined): { kubeconfig: string; context: string } {
  if (!existsSync(kubeconfig))
    throw new UsageError(`--kubeconfig ${kubeconfig} is not there. Give the path of a kubeconfig file.`);
  const file = parse(readFileSync(kubeconfig, "utf8")) as {
    "current-context"?: string;
    contexts?: { name: string }[];
  } | null;
  const names = file?.contexts?.map(({ name }) => name) ?? [];
  const context = wanted ?? file?.["current-context"];
  if (!context || !names.includes(context)) {
    const reason = context ? `has no context "${context}"` : "says no current context";
    throw new UsageError(
      `${kubeconfig} ${reason}; choose one with --context: ${names.join(", ") || "it has none"}.`,
    );
  }
  return { kubeconfig, context };
}
