import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ChainCheck } from "./chain-check.ts";
import { explainBreak } from "./explain-break.ts";
import { type ChainedEvent, canonicalLine, genesisHash, hashEvent, parseLine } from "./rules.ts";

const organizationId = "7f1c1a3e-5a0b-4a39-8d39-0a4d0e8a8f01";

function chain(length: number, version = 2): ChainedEvent[] {
  const events: ChainedEvent[] = [];
  for (let sequence = 1; sequence <= length; sequence++) {
    const event = {
      version: sequence <= 3 ? Math.min(version, 2) : 2,
      organizationId,
      sequence: BigInt(sequence),
      at: "2026-11-20T10:00:00.120Z",
      actorKind: "person",
      actorId: "p",
      actorName: "Ada\t\\N",
      action: "cluster.created",
      subjectKind: "cluster",
      subjectId: String(sequence),
      subjectName: "main",
      details: '{"reason":"because"}',
      address: null,
      previousHash: events.at(-1)?.hash ?? genesisHash,
    };
    events.push({ ...event, hash: hashEvent(event)! });
  }
  return events;
}

const bytes = (events: ChainedEvent[]) =>
  Buffer.from(events.map((event) => `${canonicalLine(event)}\t${event.hash}\n`).join(""));

/** What the verification says, with the list as the database. */
function judge(events: ChainedEvent[]) {
  const check = new ChainCheck(organizationId);
  const line = check.take(bytes(events));
  if (!line) return null;
  const event = parseLine(line.toString());
  return explainBreak({
    head: check.head,
    earlier: check.earlier,
    event,
    successors: events.filter(
      (one) => one.previousHash === check.head.hash && one.sequence !== event.sequence,
    ),
    isLast: events.every((one) => one.sequence <= event.sequence),
  });
}

const renumbered = (events: ChainedEvent[]) =>
  events.map((event, index) => ({ ...event, sequence: BigInt(index + 1) }));

test("an untouched chain has no break, in either version", () => {
  expect(judge(chain(20))).toBeNull();
  expect(judge(chain(20, 1))).toBeNull();
});

test("a line says the same event that it was made of, whatever its texts hold", () => {
  const text = fc.string({ unit: "binary" }).map((one) => one.replaceAll("\0", ""));
  fc.assert(
    fc.property(
      fc.record({ actorName: text, subjectName: text, details: text, address: fc.option(text) }),
      fc.date({ min: new Date("2000-01-01"), max: new Date("2100-01-01"), noInvalidDate: true }),
      (said, at) => {
        const event = { ...chain(1)[0]!, ...said, at: at.toISOString() };
        expect(parseLine(`${canonicalLine(event)}\t${event.hash}`)).toEqual(event);
      },
    ),
  );
});

test("two different events never have the same line", () => {
  const field = fc.string({ unit: fc.constantFrom("\t", "\\", "N", "t", "a", "\n"), maxLength: 4 });
  const fields = fc.record({
    actorName: field,
    action: field,
    subjectName: field,
    address: fc.option(field),
  });
  fc.assert(
    fc.property(fields, fields, (one, other) => {
      fc.pre(JSON.stringify(one) !== JSON.stringify(other));
      const [event] = chain(1);
      expect(canonicalLine({ ...event!, ...one })).not.toBe(canonicalLine({ ...event!, ...other }));
    }),
  );
});

describe("whatever is done to one event, the break is found where it was done:", () => {
  const place = fc.integer({ min: 0, max: 8 });

  test("changing any field", () => {
    const fields = ["actorKind", "actorId", "actorName", "action", "subjectKind", "subjectId"] as const;
    const more = ["subjectName", "details", "address", "hash", "previousHash", "organizationId"] as const;
    fc.assert(
      fc.property(place, fc.constantFrom(...fields, ...more), (index, field) => {
        const events = chain(10);
        events[index] = { ...events[index]!, [field]: "changed" };
        expect(judge(events)).toMatchObject({ sequence: index + 1, kind: "edited" });
      }),
    );
  });

  test("changing its time or its version", () => {
    for (const over of [{ at: "2026-11-20T10:00:00.121Z" }, { version: 1 }, { version: 3 }]) {
      const events = chain(10);
      events[4] = { ...events[4]!, ...over };
      expect(judge(events)).toMatchObject({ sequence: 5, kind: "edited" });
    }
  });

  test("changing it and its hash", () => {
    fc.assert(
      fc.property(place, (index) => {
        const events = chain(10);
        const forged = { ...events[index]!, actorName: "Nobody" };
        events[index] = { ...forged, hash: hashEvent(forged)! };
        expect(judge(events)).toMatchObject({ sequence: index + 1, kind: "edited" });
      }),
    );
  });

  test("taking it away, with those after renumbered or not", () => {
    fc.assert(
      fc.property(place, (index) => {
        const left = chain(10).toSpliced(index, 1);
        expect(judge(left)).toMatchObject({ sequence: index + 1, kind: "deleted" });
        expect(judge(renumbered(left))).toMatchObject({ sequence: index + 1, kind: "deleted" });
      }),
    );
  });

  test("putting one in, with right hashes or without", () => {
    fc.assert(
      fc.property(place, fc.boolean(), (index, right) => {
        const events = chain(10);
        const sequence = BigInt(index + 1);
        const planted = { ...events[index]!, sequence, actorName: "Planted" };
        const hash = right ? hashEvent(planted)! : "0".repeat(64);
        expect(judge(renumbered(events.toSpliced(index, 0, { ...planted, hash })))).toMatchObject({
          sequence: index + 1,
          kind: "inserted",
        });
      }),
    );
  });

  test("letting two change places", () => {
    fc.assert(
      fc.property(place, fc.integer({ min: 0, max: 9 }), (a, b) => {
        fc.pre(a !== b);
        const events = chain(10);
        [events[a], events[b]] = [events[b]!, events[a]!];
        expect(judge(renumbered(events))).toMatchObject({ sequence: Math.min(a, b) + 1, kind: "reordered" });
      }),
    );
  });
});

test("an event before the first, and one that stands twice, were put in", () => {
  const events = chain(5);
  expect(judge([{ ...events[0]!, sequence: 0n }, ...events])).toMatchObject({
    sequence: 0,
    kind: "inserted",
  });
  expect(judge([...events.slice(0, 3), ...events.slice(2)])).toMatchObject({ sequence: 3, kind: "inserted" });
});
