import { editByHand } from "./demo/edit-by-hand.ts";
import { getRunningDemo } from "./demo/folder.ts";

try {
  const { production, kubectl, url } = getRunningDemo();
  if (!production.writable)
    throw new Error(
      `${production.cluster} is a cluster of yours, and the demo only reads it. Start the demo with --sync to let it write.`,
    );
  const told = await editByHand(kubectl, production, "production");
  console.log(`By hand, as \`kubectl edit\` would: ${told}.`);
  console.log(`Look at production: ${url}/family-insurance`);
} catch (error) {
  console.error(`plumbline: ${(error as Error).message}`);
  process.exit(1);
}
