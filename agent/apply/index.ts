export { applySet } from "./apply-set.ts";
export { FIELD_MANAGER, findInventory, shareInventories, withInventory } from "./inventory.ts";
export { orderForApply } from "./order.ts";
export type { ApplySetInput, ApplySetResult } from "./run.ts";
