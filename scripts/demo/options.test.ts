import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readDemoOptions } from "./options.ts";

let folder: string;
let kubeconfig: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "plumbline-options-"));
  kubeconfig = join(folder, "config");
  writeFileSync(kubeconfig, "current-context: kind\ncontexts: [{ name: kind }, { name: prod }]\n");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("without arguments it is port 4300, clusters of our own, and everything is kept", () => {
  expect(readDemoOptions([])).toEqual({ port: 4300, reset: false, sync: false, own: undefined });
});

test("a cluster of one's own is taken by its current context, and only read", () => {
  expect(readDemoOptions(["--kubeconfig", kubeconfig])).toMatchObject({
    own: { kubeconfig, context: "kind" },
    sync: false,
  });
  expect(readDemoOptions(["--kubeconfig", kubeconfig, "--context", "prod", "--sync"])).toMatchObject({
    own: { kubeconfig, context: "prod" },
    sync: true,
  });
});

test.each([
  [["--port", "web"], "--port web is not a port number"],
  [["--port", "70000"], "--port 70000 is not a port number"],
  [["--sync"], "give --kubeconfig FILE, too"],
  [["--unheard-of"], "--port N"],
  [["--kubeconfig", "/nowhere/config"], "/nowhere/config is not there"],
])("%j is refused with what to do instead", (argv, message) => {
  expect(() => readDemoOptions(argv)).toThrow(message);
});

test("a context that the file does not have is refused with those it has", () => {
  expect(() => readDemoOptions(["--kubeconfig", kubeconfig, "--context", "dev"])).toThrow(
    'has no context "dev"; choose one with --context: kind, prod.',
  );
});
