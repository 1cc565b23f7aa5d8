import { expect, test } from "vitest";
import { csvHeader, csvLine, jsonLine } from "./export-lines.ts";
import { hashEvent } from "./rules.ts";

const event = {
  ...{ version: 2, sequence: 7n, at: new Date("2026-11-20T10:00:00.5Z"), actorKind: "person", actorId: null },
  ...{
    actorName: "Ada",
    action: "mute.created",
    subjectKind: "cluster",
    subjectId: "c",
    subjectName: "main",
  },
  ...{ details: '{"reason":"because"}', address: null, previousHash: "0".repeat(64), hash: "1".repeat(64) },
};

test("cells that a spreadsheet would run are neutralised, and no others", () => {
  const name = (actorName: string) => csvLine("o", { ...event, actorName }).split(",")[4];
  for (const formula of ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "\r=1", "\uff1d1"])
    expect(csvLine("o", { ...event, actorName: formula })).toContain(`"'${formula}"`);
  expect(name("Ada")).toBe("Ada");
  expect(name("a=b")).toBe("a=b");
});

test("a line has as many cells as the header, whatever is in them", () => {
  const line = csvLine("o", { ...event, actorName: 'A "quoted", \r\n name', subjectName: "" });
  const cells = [...line.trimEnd().matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)].slice(0, -1);
  expect(cells).toHaveLength(csvHeader.split(",").length);
  expect(cells[4]?.[1]).toBe('"A ""quoted"", \r\n name"');
  expect(cells[9]?.[1]).toBe("because");
});

test("from a JSON line the hash can be made again", () => {
  const hash = hashEvent({ ...event, organizationId: "o", at: event.at.toISOString() });
  const { hash: told, ...said } = JSON.parse(jsonLine("o", { ...event, hash: hash! }));
  expect(hashEvent({ ...said, sequence: BigInt(said.sequence) })).toBe(told);
});
