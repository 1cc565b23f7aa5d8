export type { ApplySetInput, ApplySetResult } from "./apply-set.ts";
export { applySet } from "./apply-set.ts";
export {
  belongsTo,
  ENVIRONMENT_LABEL,
  environmentOf,
  FIELD_MANAGER,
  findInventory,
  PART_OF_LABEL,
  withInventory,
} from "./inventory.ts";
export { orderForApply } from "./order.ts";
export { keepReason, obsoleteOf, PRUNE_ANNOTATION } from "./prune.ts";
