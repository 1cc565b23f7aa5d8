import fc from "fast-check";
import { expect, test } from "vitest";
import { firstBreak, genesisHash, type HashedEvent, hashEvent } from "./rules.ts";

function chain(length: number): (HashedEvent & { hash: string })[] {
  const events: (HashedEvent & { hash: string })[] = [];
  for (let sequence = 1; sequence <= length; sequence++) {
    const event: HashedEvent = {
      organizationId: "o",
      sequence,
      at: "2026-11-20T10:00:00.000Z",
      actorKind: "person",
      actorId: "p",
      actorName: "Ada",
      action: "cluster.created",
      subjectKind: "cluster",
      subjectId: String(sequence),
      subjectName: "main",
      details: { reason: "because" },
      address: null,
      previousHash: events.at(-1)?.hash ?? genesisHash,
    };
    events.push({ ...event, hash: hashEvent(event) });
  }
  return events;
}
const start = { sequence: 0, hash: genesisHash };

test("an untouched chain has no break", () => expect(firstBreak(chain(20), start)).toBeNull());

test("changing any field of any event shows at that event", () => {
  const fields = [
    "at",
    "actorKind",
    "actorId",
    "actorName",
    "action",
    "subjectKind",
    "subjectId",
    "subjectName",
    "address",
    "organizationId",
    "details",
    "hash",
    "previousHash",
  ] as const;
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 9 }), fc.constantFrom(...fields), (index, field) => {
      const events = chain(10);
      events[index] = { ...events[index]!, [field]: "changed" };
      expect(firstBreak(events, start)).toBe(index + 1);
    }),
  );
});

test("taking any event but the last away shows at the one after it", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 8 }), (index) => {
      expect(firstBreak(chain(10).toSpliced(index, 1), start)).toBe(index + 2);
    }),
  );
});

test("a hash does not depend on the order of keys", () => {
  const [event] = chain(1);
  const { hash, ...rest } = event!;
  expect(hashEvent(Object.fromEntries(Object.entries(rest).reverse()) as HashedEvent)).toBe(hash);
});
