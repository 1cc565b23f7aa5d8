export { buildDemoRepository, type DemoCommit } from "./build.ts";
export { type DemoEnvironment, demoEnvironments } from "./environments.ts";
export { nextDemoCommit, type PushedCommit } from "./next-commit.ts";
export { type Person, people } from "./people.ts";
