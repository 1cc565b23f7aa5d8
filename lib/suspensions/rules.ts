import { longestSuspensionMs } from "./schemas.ts";

type Facts = { name: string; mode: string; remoteSuspend: boolean; removedAt: Date | null };

/** Why a person cannot suspend an environment until then, in a sentence; null where they can. */
export function obstacleOf(environment: Facts, until: Date, now: Date): string | null {
  const { name } = environment;
  if (environment.removedAt) return `"${name}" is no longer declared, so there is nothing to suspend.`;
  if (environment.mode !== "sync")
    return `"${name}" is only observed: nothing is applied that could be suspended.`;
  if (!environment.remoteSuspend)
    return `The declaration of "${name}" says remoteSuspend: false, so only a change of the declaration can suspend it.`;
  if (until <= now) return "A suspension must end in the future.";
  if (until.getTime() - now.getTime() > longestSuspensionMs)
    return `A suspension lasts ${longestSuspensionMs / 86_400_000} days at most; suspend it again when that is not enough.`;
  return null;
}
