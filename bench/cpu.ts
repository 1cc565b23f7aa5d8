import { readFileSync } from "node:fs";

/** Clock ticks of /proc in a second: fixed by Linux for programs. */
const TICKS = 100;

/** Processor seconds that a process has used; `children`: those of its ended children as well. */
export function cpuOf(pid: number, children = false): number {
  const text = readFileSync(`/proc/${pid}/stat`, "utf8");
  // The name before it stands in brackets, and may hold anything.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const [user, system, childUser, childSystem] = fields.slice(11, 15).map(Number) as [
    number,
    number,
    number,
    number,
  ];
  return (user + system + (children ? childUser + childSystem : 0)) / TICKS;
}

/** Processor seconds by name, for differences between two moments. */
export type Cpu = Record<string, number>;

/** What was used between two moments, by name. */
export const cpuBetween = (before: Cpu, after: Cpu): Cpu =>
  Object.fromEntries(Object.entries(after).map(([name, used]) => [name, used - (before[name] ?? 0)]));

/** "kube-apiserver 12.1 s, etcd 3.0 s", the largest first. */
export const cpuText = (cpu: Cpu): string =>
  Object.entries(cpu)
    .sort(([, a], [, b]) => b - a)
    .map(([name, used]) => `${name} ${used.toFixed(1)} s`)
    .join(", ");
