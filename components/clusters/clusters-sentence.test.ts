import { expect, it } from "vitest";
import { clustersSentence } from "./clusters-sentence.ts";

type Row = Parameters<typeof clustersSentence>[0][number];
const cluster = (name: string, status: Row["status"] = "connected", lacks = 0): Row => ({
  ...{ name, status },
  lacks: Array.from({ length: lacks }, () => ({
    group: "",
    resource: "secrets",
    namespaces: [],
    objects: 1,
  })),
});

it("says first what is silent, then what may not see enough, then who has not come yet", () => {
  expect(clustersSentence([])).toBe("No cluster is connected yet.");
  expect(clustersSentence([cluster("a")])).toBe("The one cluster speaks.");
  expect(clustersSentence([cluster("a"), cluster("b")])).toBe("All 2 clusters speak.");
  expect(clustersSentence([cluster("a"), cluster("b", "waiting")])).toBe(
    "1 cluster speaks, b has not said hello yet.",
  );
  expect(clustersSentence([cluster("a", "connected", 1), cluster("b", "waiting")])).toBe(
    "a may not read all that it should; its page has the rule that helps.",
  );
  expect(
    clustersSentence([cluster("a", "silent"), cluster("b", "silent"), cluster("c", "connected", 2)]),
  ).toBe("2 of 3 clusters are silent; they keep converging by themselves.");
});
