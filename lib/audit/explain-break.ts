import type { Head } from "./chain-check.ts";
import { type ChainedEvent, hashEvent } from "./rules.ts";

/** Where a chain first breaks, what was done to it, and how that is known. */
export type Break = {
  sequence: number;
  kind: "deleted" | "edited" | "reordered" | "inserted" | "truncated" | "rewritten";
  message: string;
};

type Found = {
  head: Head;
  /** The hash before the head's. */
  earlier: string;
  /** What stands where the next event should. */
  event: ChainedEvent;
  /** What elsewhere says that it was written after the head. */
  successors: ChainedEvent[];
  isLast: boolean;
};

/** How many numbers up and down an event's own is looked for. */
const reach = 2000;

/** Says in a sentence what was done where a chain breaks; `inserted` and `deleted` also where all after was renumbered. */
export function explainBreak(found: Found): Break {
  const { head, event } = found;
  const due = head.sequence + 1;
  const own = found.successors.find((one) => writtenAs(one, due));
  const stands = Number(event.sequence);
  if (stands > due) return own ? moved(due, Number(own.sequence)) : missing(due, stands - 1);
  if (stands < due) return surplus(stands);
  if (hashEvent(event) !== event.hash) return explainContent(found, due, own);
  if (due === 1)
    return at(
      1,
      "rewritten",
      "Event 1 says that another event came before it: the chain's beginning is gone.",
    );
  if (found.isLast)
    return at(
      due - 1,
      "edited",
      `Event ${due}, the newest, was not written after event ${due - 1}: one of the two was changed.`,
    );
  return at(
    due - 1,
    "edited",
    `Event ${due - 1} was changed and given a new hash: event ${due} was written after another one.`,
  );
}

function explainContent({ event, head, earlier }: Found, due: number, own: ChainedEvent | undefined): Break {
  if (own) {
    const place = Number(own.sequence);
    if (writtenAs(event, place))
      return at(due, "reordered", `Events ${due} and ${place} have changed places.`);
    return place === due + 1 ? inserted(due) : moved(due, place);
  }
  if (event.previousHash === earlier && writtenAs(event, head.sequence)) return inserted(head.sequence);
  for (let other = due + 1; other <= due + reach; other++)
    if (writtenAs(event, other)) {
      const which = other - due === 1 ? `Event ${due} was` : `Events ${due} to ${other - 1} were`;
      return at(due, "deleted", `${which} deleted, and those after renumbered.`);
    }
  for (let other = due - 1; other > 0 && other >= due - reach; other--)
    if (writtenAs(event, other))
      return at(due, "reordered", `What stands at ${due} was written as event ${other}.`);
  return at(
    due,
    "edited",
    `Event ${due} was changed after it was written: what it says does not give its hash.`,
  );
}

const at = (sequence: number, kind: Break["kind"], message: string): Break => ({ sequence, kind, message });

const inserted = (sequence: number) =>
  at(
    sequence,
    "inserted",
    `Event ${sequence} was put in later: what was written as event ${sequence} stands at ${sequence + 1}.`,
  );

const moved = (due: number, place: number) =>
  at(due, "reordered", `What was written as event ${due} stands at ${place}.`);

const missing = (first: number, last: number) =>
  at(
    first,
    "deleted",
    first === last ? `Event ${first} is missing.` : `Events ${first} to ${last} are missing.`,
  );

/** A row more than there are numbers. */
export const surplus = (sequence: number): Break =>
  at(
    sequence,
    "inserted",
    sequence < 1
      ? `Event ${sequence} was put in before the first one.`
      : `There is more than one event ${sequence}: one of them was put in later.`,
  );

const writtenAs = (event: ChainedEvent, sequence: number) =>
  hashEvent({ ...event, sequence: BigInt(sequence) }) === event.hash;
