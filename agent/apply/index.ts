export type { ApplySetInput, ApplySetResult } from "./apply-set.ts";
export { applySet } from "./apply-set.ts";
export { FIELD_MANAGER, findInventory, shareInventories, withInventory } from "./inventory.ts";
export { orderForApply } from "./order.ts";
