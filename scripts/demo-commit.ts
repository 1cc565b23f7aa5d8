import { getRunningDemo } from "./demo/folder.ts";
import { nextDemoCommit } from "./demo/repository/index.ts";

try {
  const { cloneUrl, gitToken, url } = getRunningDemo();
  const { sha, message, login, file } = await nextDemoCommit(cloneUrl, { token: gitToken });
  console.log(`${login} pushed ${sha.slice(0, 7)} to main: ${message} (${file})`);
  console.log(`Watch it arrive: ${url}/family-insurance`);
} catch (error) {
  console.error(`plumbline: ${(error as Error).message}`);
  process.exit(1);
}
