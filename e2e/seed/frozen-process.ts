import { pinClock } from "./pin.ts";

/** Loaded before a program (`node --import`): its present is `PLUMBLINE_FROZEN_NOW` for as long as it runs. */
const frozen = Date.parse(process.env.PLUMBLINE_FROZEN_NOW ?? "");
if (!Number.isNaN(frozen)) pinClock(() => frozen);
