import type { Change } from "./environment.ts";
import type { SeedRepository } from "./fleet.ts";
import { people } from "./people.ts";
import { drawsOf } from "./pin.ts";
import { day, hour, minute } from "./time.ts";

const subjects = [
  "Retry webhooks that time out",
  "Raise the memory limit of the renderer",
  "Cache rate tables for an hour",
  "Drop the old checkout flag",
  "Read the region from the request",
  "Log the request id on every line",
  "Update the base image",
  "Reject quotes older than a day",
  "Answer 409 where a claim was settled already",
  "Send receipts from the new template",
  "Index claims by policy number",
  "Ask for consent before tracking",
  "Compress responses above a kilobyte",
  "Let sessions expire after twelve hours",
  "Fix the rounding of instalments",
  "Move the health check to its own port",
];

/** The releases of an application in the last `days`, oldest first; the first is what ran before. */
export function releasesOf(repository: SeedRepository, now: number, days = 30): Change[] {
  const draw = drawsOf(`releases of ${repository.name}`);
  const made: Change[] = [];
  let at = now - (days + 3) * day;
  for (let patch = 0; at < now - 40 * minute; patch++) {
    const author = people[Math.floor(draw() * 9)]!;
    const subject = subjects[Math.floor(draw() * subjects.length)]!;
    made.push({ version: `${repository.version}.${patch}`, subject, author, committedAt: at });
    at += (3.4 + draw() * 5) * day + draw() * 7 * hour;
  }
  return made;
}
