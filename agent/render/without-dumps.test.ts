import { expect, test } from "vitest";
import { withoutDumps } from "./without-dumps.ts";

test.each([
  ["a: b", "a: b"],
  [
    'bad map[string]interface {}{"data":map[string]interface {}{"p":"x}\\"y"}, "n":[]interface {}{1}}: reason',
    "bad (an object): reason",
  ],
  ["bad map[data:map[p:x] kind:Secret]: reason", "bad (an object): reason"],
  ['bad {"data": {"p": "x}"}}: reason', "bad (an object): reason"],
  ['bad {"data": {"p": "x', "bad (an object)"],
  ["unsupported type: map[interface {}]interface {}", "unsupported type: map[interface {}]interface {}"],
  ["two map[a:b] and map[c:[d e]].", "two (an object) and (an object)."],
])("%s", (text, expected) => {
  expect(withoutDumps(text)).toBe(expected);
});
