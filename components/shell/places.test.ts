import { describe, expect, it } from "vitest";
import { PLACES, placeOf } from "./places.ts";

describe("places", () => {
  it("are told apart by their keys", () => {
    expect(new Set(PLACES.map(({ key }) => key)).size).toBe(PLACES.length);
  });
  it("hold the pages below them, and an environment is the overview's", () => {
    expect(placeOf("acme", "/acme")?.name).toBe("Overview");
    expect(placeOf("acme", "/acme/environments/eu/production")?.name).toBe("Overview");
    expect(placeOf("acme", "/acme/alerts/rules")?.name).toBe("Alerts");
    expect(placeOf("acme", "/acme/clusters")?.name).toBe("Clusters");
    expect(placeOf("acme", "/acme/compare")).toBeUndefined();
  });
});
