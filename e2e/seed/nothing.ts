import { minute } from "./time.ts";
import type { World } from "./world.ts";

/** An organization that was named a minute ago. */
export async function seedNothing(world: World): Promise<void> {
  const { now, timeline } = world;
  timeline.at(now - minute, async () => {
    await world.found("Family Insurance");
    await world.beginSession();
  });
  await timeline.play();
}
