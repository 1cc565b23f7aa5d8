import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { atMost, type Ran, runProcess } from "../run-process.ts";
import type { Access } from "./credentials.ts";

type Environment = Record<string, string | undefined>;

/** How Git is called here: one binary, no shell, no configuration but ours. */
export type Git = {
  run(args: string[], how?: GitCall): Promise<Ran>;
  timeoutMs: number;
};

type GitCall = {
  gitDir?: string;
  workTree?: string;
  indexFile?: string;
  /** For commands that reach for the network: the one scheme they may speak, and the credential. */
  network?: { scheme: string; access: Access };
  signal?: AbortSignal | undefined;
  timeoutMs?: number;
  maxOutputBytes?: number;
};

/** Passed on to Git where set; nothing else of the agent's environment is. */
const PASSED_ON = ["PATH", "TZ", "SSL_CERT_FILE", "SSL_CERT_DIR"];
const PROXIES = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy"];

// Nothing in a repository or on the machine may make Git run, rewrite or fetch anything else.
const CONFIG: [string, string][] = [
  ["core.hooksPath", "/dev/null"],
  ["core.fsmonitor", "false"],
  ["core.symlinks", "true"],
  ["core.autocrlf", "false"],
  ["core.protectHFS", "true"],
  ["core.protectNTFS", "true"],
  ["credential.helper", ""],
  ["fetch.recurseSubmodules", "false"],
  ["submodule.recurse", "false"],
  ["gc.auto", "0"],
  ["maintenance.auto", "false"],
  ["protocol.version", "2"],
  ["safe.directory", "*"],
  ["http.lowSpeedLimit", "1"],
  ["http.lowSpeedTime", "30"],
  ["advice.detachedHead", "false"],
];

/** Hundreds of environments may look at once. */
const MAX_PROCESSES = 8;

/** Prepares calls of Git 2.31 or newer, whose home and scratch lie in `cacheDir`. */
export function openGit(options: {
  git: string;
  cacheDir: string;
  timeoutMs: number;
  environment: Environment;
}): Git {
  const home = join(options.cacheDir, "home");
  mkdirSync(home, { recursive: true, mode: 0o700 });

  const inTurn = atMost(MAX_PROCESSES);

  function environmentOf(how: GitCall): Record<string, string> {
    const config = [...CONFIG, ...(how.network?.access.config ?? [])];
    const env: Record<string, string> = {
      HOME: home,
      LC_ALL: "C",
      GIT_TERMINAL_PROMPT: "0",
      GIT_CONFIG_NOSYSTEM: "1",
      GIT_CONFIG_GLOBAL: "/dev/null",
      GIT_ATTR_NOSYSTEM: "1",
      GIT_ALLOW_PROTOCOL: how.network?.scheme ?? "none",
      GIT_PROTOCOL_FROM_USER: "0",
      GIT_OPTIONAL_LOCKS: "0",
      GIT_NO_REPLACE_OBJECTS: "1",
      GIT_CONFIG_COUNT: String(config.length),
    };
    config.forEach(([key, value], at) => {
      env[`GIT_CONFIG_KEY_${at}`] = key;
      env[`GIT_CONFIG_VALUE_${at}`] = value;
    });
    for (const name of how.network ? [...PASSED_ON, ...PROXIES] : PASSED_ON) {
      const value = options.environment[name];
      if (value) env[name] = value;
    }
    if (how.gitDir) env.GIT_DIR = how.gitDir;
    if (how.workTree) env.GIT_WORK_TREE = how.workTree;
    if (how.indexFile) env.GIT_INDEX_FILE = how.indexFile;
    return { ...env, ...how.network?.access.env };
  }

  return {
    timeoutMs: options.timeoutMs,
    run: (args, how = {}) =>
      inTurn(() =>
        runProcess({
          command: options.git,
          args,
          env: environmentOf(how),
          cwd: how.workTree ?? how.gitDir ?? home,
          timeoutMs: how.timeoutMs ?? options.timeoutMs,
          maxOutputBytes: how.maxOutputBytes ?? 16 * 1024 * 1024,
          signal: how.signal,
        }),
      ),
  };
}
