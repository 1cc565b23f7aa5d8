import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/**
 * Ends processes that a killed parent left behind. A process id may long belong to another program: only one
 * whose command line or environment names `mark` (a folder of ours) is believed to be ours.
 */
export async function endLeftovers(pids: number[], mark: string): Promise<void> {
  const ours = pids.filter((pid) => isAlive(pid) && belongsTo(pid, mark));
  for (const pid of ours) signal(pid, "SIGTERM");
  const deadline = Date.now() + 10_000;
  while (ours.some(isAlive) && Date.now() < deadline) await pause(100);
  for (const pid of ours.filter(isAlive)) signal(pid, "SIGKILL");
}

/** Whether a process runs whose command line or environment names `mark`; process ids are given to others in time. */
export function belongsTo(pid: number, mark: string): boolean {
  return ["cmdline", "environ"].some((file) => {
    try {
      return readFileSync(`/proc/${pid}/${file}`, "utf8").includes(mark);
    } catch {
      return false;
    }
  });
}

function signal(pid: number, name: NodeJS.Signals) {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended meanwhile.
  }
}
