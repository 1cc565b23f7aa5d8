export { buildDemoRepository, type DemoCommit } from "./build.ts";
export { type DemoEnvironment, demoEnvironments } from "./environments.ts";
export { nextDemoCommit } from "./next-commit.ts";
export { people } from "./people.ts";
