import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { type Agent, startAgent } from "../agent.ts";
import { readConfig } from "../config.ts";

const program = fileURLToPath(new URL("../main.ts", import.meta.url));

/** An agent as a process of its own. */
export type AgentProcess = {
  process: ChildProcess;
  ended: Promise<void>;
  kill(): Promise<void>;
  /** Throws with its last words where it has ended without having been killed. */
  expectAlive(): void;
};

/** Starts agents with these settings, in this process or as processes of their own. */
export function runAgents(settings: Record<string, string>) {
  const stops = new Set<() => Promise<unknown>>();
  return {
    async start(more: Record<string, string> = {}): Promise<Agent> {
      const agent = await startAgent(readConfig({ ...settings, ...more }), { writeLog: () => {} });
      let stopped: Promise<void> | undefined;
      const stop = () => {
        stopped ??= agent.stop();
        return stopped;
      };
      stops.add(stop);
      return { ...agent, stop };
    },
    /** `main` names a bundled agent instead of the sources. */
    spawn(options: { main?: string; settings?: Record<string, string> } = {}): AgentProcess {
      const env = {
        NODE_ENV: "test" as const,
        // biome-ignore lint/style/noProcessEnv: the child finds git where its parent does
        PATH: process.env.PATH ?? "",
        ...settings,
        ...options.settings,
      };
      const child = spawn(process.execPath, [options.main ?? program], {
        env,
        stdio: ["ignore", "pipe", "pipe"],
      });
      let lastWords = "";
      for (const stream of [child.stdout, child.stderr])
        stream.on("data", (chunk) => {
          lastWords = (lastWords + chunk).slice(-4000);
        });
      const ended = new Promise<void>((resolve) => child.on("close", () => resolve()));
      const kill = async () => {
        child.kill("SIGKILL");
        await ended;
      };
      stops.add(kill);
      const expectAlive = () => {
        if (child.exitCode !== null)
          throw new Error(`The agent ended by itself (${child.exitCode}): ${lastWords}`);
      };
      return { process: child, ended, kill, expectAlive };
    },
    async stopAll() {
      await Promise.all([...stops].map((stop) => stop()));
    },
  };
}
