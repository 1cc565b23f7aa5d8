import { describe, expect, test } from "vitest";
import { layoutOf, lineOf, rowAt, spansOf } from "./layout.ts";

const group = (name: string, count: number) => ({ key: name, name, count, look: 0 });
const groups = [group("a", 3), group("b", 1), group("c", 40)];

describe("with a head for each group", () => {
  const layout = layoutOf(groups, true);
  test("heads and rows follow one another", () => {
    expect(layout).toMatchObject({ rows: 44, lines: 47 });
    expect([0, 1, 2, 3, 4, 5, 6, 7, 46].map((line) => rowAt(layout, line))).toEqual([
      ...[null, 0, 1, 2, null, 3, null, 4, 43],
    ]);
  });
  test("every row is found at its line", () => {
    for (let row = 0; row < layout.rows; row += 1) expect(rowAt(layout, lineOf(layout, row))).toBe(row);
  });
  test("what is in sight are whole groups' parts", () => {
    expect(spansOf(layout, groups, 2, 8)).toEqual([
      { group: 0, from: 1, to: 3 },
      { group: 1, from: 3, to: 4 },
      { group: 2, from: 4, to: 6 },
    ]);
    expect(spansOf(layout, groups, 20, 22)).toEqual([{ group: 2, from: 17, to: 20 }]);
  });
});

test("one group without a head has a row at every line", () => {
  const layout = layoutOf([group("", 5)], false);
  expect(layout.lines).toBe(5);
  expect(spansOf(layout, [group("", 5)], 1, 9)).toEqual([{ group: 0, from: 1, to: 5 }]);
  expect(lineOf(layout, 4)).toBe(4);
});

test("nothing has no parts", () => {
  expect(spansOf(layoutOf([], true), [], 0, 10)).toEqual([]);
});
