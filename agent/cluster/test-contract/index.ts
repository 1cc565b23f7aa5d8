import { afterAll, beforeAll, describe } from "vitest";
import { convergenceContract } from "./convergence.ts";
import { type Ground, prepareGround, type Subject } from "./ground.ts";
import { requestContract } from "./requests.ts";
import { watchContract } from "./watches.ts";

/** What the agent relies on, asked of a Kubernetes API: the same of the real one and of the simulated one. */
export function clusterContract(name: string, start: () => Promise<Subject>): void {
  describe(`a cluster (${name})`, { timeout: 30_000 }, () => {
    const on = {} as Ground;
    beforeAll(async () => {
      Object.assign(on, await prepareGround(start));
    }, 60_000);
    afterAll(() => on.stop?.());
    requestContract(on);
    watchContract(on);
    convergenceContract(on);
  });
}
