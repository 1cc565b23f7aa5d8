import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Child } from "./child.ts";

const fileName = "pids.json";

/** Notes which processes belong to a cluster's folder, for a later start to find those a killed parent left behind. */
export function recordPids(folder: string, children: Child[]): void {
  writeFileSync(join(folder, fileName), JSON.stringify(children.map(({ pid }) => pid)));
}

/** Ends the processes a killed parent left running on this folder, so that etcd's data has one owner. */
export async function endLeftovers(folder: string): Promise<void> {
  const path = join(folder, fileName);
  if (!existsSync(path)) return;
  const pids = JSON.parse(readFileSync(path, "utf8")) as number[];
  const leftovers = pids.filter((pid) => isOfFolder(pid, folder));
  for (const pid of leftovers) process.kill(pid, "SIGKILL");
  for (let polls = 0; polls < 100 && leftovers.some((pid) => isOfFolder(pid, folder)); polls++)
    await pause(50);
}

/** A process id may long belong to another program: only one whose flags name our folder is ours. */
function isOfFolder(pid: number, folder: string): boolean {
  const commandLine = process.platform === "linux" ? fromProc(pid) : fromPs(pid);
  return commandLine.includes(`${folder}/`);
}

function fromProc(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    return "";
  }
}

function fromPs(pid: number): string {
  try {
    return execFileSync("ps", ["-o", "args=", "-p", String(pid)], { encoding: "utf8" });
  } catch {
    return "";
  }
}
