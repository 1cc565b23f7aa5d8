import { expect, it } from "vitest";
import { type Visit, withVisit } from "./recent.ts";

const visit = (name: string): Visit => ({ href: `/acme/${name}`, name, within: "Acme" });

it("remembers each page once, the last first, and no more than a dozen", () => {
  let visits: Visit[] = [];
  for (let n = 0; n < 20; n += 1) visits = withVisit(visits, visit(String(n)));
  expect(visits.map(({ name }) => Number(name))).toEqual([19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 9, 8]);
  visits = withVisit(visits, visit("15"));
  expect(visits[0]?.name).toBe("15");
  expect(visits).toHaveLength(12);
});
