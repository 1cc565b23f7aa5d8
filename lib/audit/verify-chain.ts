import { setImmediate as breathe } from "node:timers/promises";
import type { ReadAnchor } from "./anchor.ts";
import { ChainCheck } from "./chain-check.ts";
import { type Break, explainBreak, surplus } from "./explain-break.ts";
import { type ChainReader, openChain } from "./read-chain.ts";
import { parseLine } from "./rules.ts";
import type { AuditVerification } from "./schemas.ts";

export type Progress = { checked: number; total: number };

/**
 * Follows the whole chain from its first event and says where it first breaks, and of each anchor whether the chain
 * still holds it. Yields how far it is; returns what it found. Memory stays the same however long the chain is.
 */
export async function* verifyChain(
  organizationId: string,
  given: readonly ReadAnchor[] = [],
): AsyncGenerator<Progress, AuditVerification> {
  const chain = await openChain(organizationId);
  try {
    const total = await chain.last();
    const check = new ChainCheck(
      organizationId,
      given.flatMap(({ anchor }) => anchor?.sequence ?? []),
    );
    for await (const lines of chain.pages()) {
      const broken = check.take(lines);
      if (broken) return answer(await explain(chain, check, broken), check, given, organizationId);
      yield { checked: check.head.sequence, total: Math.max(total, check.head.sequence) };
      await breathe();
    }
    const double = await chain.findDouble(check.head.sequence);
    return answer(double === null ? null : surplus(double), check, given, organizationId);
  } finally {
    await chain.close();
  }
}

async function explain(chain: ChainReader, check: ChainCheck, line: Buffer): Promise<Break> {
  const event = parseLine(line.toString("utf8"));
  return explainBreak({
    head: check.head,
    earlier: check.earlier,
    event,
    successors: await chain.writtenAfter(check.head.hash, event.sequence),
    isLast: await chain.isLast(event.sequence),
  });
}

function answer(
  broken: Break | null,
  check: ChainCheck,
  given: readonly ReadAnchor[],
  organizationId: string,
): AuditVerification {
  const anchors = given.map((one) => judge(one, check, organizationId, broken !== null));
  const missed = anchors
    .flatMap((one) => one.broken ?? [])
    .toSorted((a, b) => a.sequence - b.sequence)
    .at(0);
  const first = broken ?? missed ?? null;
  const { sequence } = check.head;
  const unread = anchors.some((one) => !one.ok && !one.broken);
  return {
    ok: first === null && !unread,
    checked: sequence,
    brokenAt: first?.sequence ?? null,
    kind: first?.kind ?? null,
    message:
      first?.message ??
      (unread
        ? `All ${sequence} events follow from one another, and an anchor could not be compared with them.`
        : `All ${sequence} events are as they were written, each after the one before.`),
    open: first ? null : whatIsOpen(sequence, anchors),
    anchors: anchors.map(({ broken: _, ...shown }) => shown),
  };
}

type Judged = AuditVerification["anchors"][number] & { broken?: Break };

function judge(
  { anchor, problem }: ReadAnchor,
  check: ChainCheck,
  organizationId: string,
  alreadyBroken: boolean,
): Judged {
  if (!anchor || problem)
    return { sequence: anchor?.sequence ?? null, ok: false, message: problem ?? "It cannot be read." };
  const { sequence, hash, at } = anchor;
  if (anchor.organization !== organizationId)
    return { sequence, ok: false, message: `The anchor of event ${sequence} is of another organization.` };
  if (sequence === 0 || check.seen.get(sequence) === hash)
    return { sequence, ok: true, message: `Event ${sequence} is the one anchored at ${at}.` };
  const end = check.head.sequence;
  if (end < sequence) {
    if (alreadyBroken)
      return {
        sequence,
        ok: false,
        message: `The chain breaks before event ${sequence}, anchored at ${at}.`,
      };
    const message = `The chain ends at event ${end}, and event ${sequence} was anchored at ${at}: its newest events were deleted.`;
    return { sequence, ok: false, message, broken: { sequence: end + 1, kind: "truncated", message } };
  }
  const message = `Event ${sequence} is another one than was anchored at ${at}: the chain was written anew, from some event up to it.`;
  return { sequence, ok: false, message, broken: { sequence, kind: "rewritten", message } };
}

/** An honest word on what following a chain does not show. */
function whatIsOpen(head: number, anchors: Judged[]): string {
  const upTo = Math.max(-1, ...anchors.filter(({ ok }) => ok).map(({ sequence }) => sequence ?? 0));
  if (upTo < 0)
    return "Without an anchor kept outside this database, this cannot exclude that its owner deleted the newest events, or wrote the whole chain anew with right hashes.";
  if (upTo >= head) return "Up to the anchor nothing can have been changed by whoever lacks its key.";
  return `What came after event ${upTo}, the newest anchored, could have been deleted or written anew by the database's owner.`;
}
