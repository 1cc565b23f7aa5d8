import { existsSync } from "node:fs";
import { expect, it } from "vitest";
import { pageRoutes, visitsOf } from "./pages.ts";

const ask = {
  slug: "acme",
  environments: new Map([["eu-west-1-prod/quotes", "e1"]]),
  clusters: { connected: "c1" },
  pullRequests: { proven: "p1" },
};

it("finds the pages of the app folder, without the groups that only order them", () => {
  const routes = pageRoutes();
  expect(routes).toEqual(expect.arrayContaining(["/", "/sign-in", "/[org]", "/[org]/clusters/[id]"]));
  expect(routes.filter((route) => route.includes("(") || route.includes("api"))).toEqual([]);
});

it("knows how to visit every page there is", () => {
  const visits = visitsOf(ask);
  expect(visits.length).toBeGreaterThanOrEqual(pageRoutes().length - 1);
  expect(visits).toContainEqual({ name: "overview", path: "/acme", who: "member" });
  expect(visits).toContainEqual({ name: "cluster-connected", path: "/acme/clusters/c1", who: "member" });
  expect(new Set(visits.map(({ name }) => name)).size).toBe(visits.length);
  expect(existsSync(new URL("../../app", import.meta.url))).toBe(true);
});

it("visits a new page at its own address, and asks how where that depends on something", () => {
  expect(visitsOf(ask, ["/[org]/new/page"])).toEqual([
    { name: "new-page", path: "/acme/new/page", who: "member" },
  ]);
  expect(() => visitsOf(ask, ["/[org]/new/[id]"])).toThrow("How is /[org]/new/[id] visited?");
});
