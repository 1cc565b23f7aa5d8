import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { CredentialSource } from "./credentials.ts";
import { findEndpoint } from "./kubeconfig.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "plumbline-kubeconfig-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function file(name: string, users: object[], more: object = {}): Promise<string> {
  const path = join(folder, name);
  const config = {
    clusters: [{ name: "c", cluster: { server: `https://${name}.example/` } }],
    users,
    contexts: [{ name, context: { cluster: "c", user: "u", namespace: "shop" } }],
    "current-context": name,
    ...more,
  };
  await writeFile(path, stringify(config));
  return path;
}
const headersOf = async (kubeconfig: string) =>
  (await new CredentialSource(findEndpoint({ kubeconfig }, {})).current()).headers;

describe("a kubeconfig", () => {
  test("gives server, namespace and files relative to itself", async () => {
    const kubeconfig = await file("one", [
      { name: "u", user: { "client-certificate": "client.crt", "client-key": "/k" } },
    ]);
    expect(findEndpoint({ kubeconfig }, {})).toMatchObject({
      cluster: { server: "https://one.example" },
      user: { certFile: join(folder, "client.crt"), keyFile: "/k" },
      namespace: "shop",
    });
  });

  test("is merged from all that KUBECONFIG names, the first one winning", async () => {
    const env = {
      KUBECONFIG: [await file("one", [{ name: "u", user: {} }]), await file("two", [])].join(":"),
    };
    expect(findEndpoint({}, env).cluster.server).toBe("https://one.example");
    expect(findEndpoint({ context: "two" }, env).cluster.server).toBe("https://one.example");
  });

  test.each([
    ["a context that is not there", { context: "nope" }, 'no context "nope"; it has one'],
    ["a file that is not there", { kubeconfig: "/nowhere/config" }, "no kubeconfig at /nowhere/config"],
  ])("that names %s says so", async (_, connection, message) => {
    const kubeconfig = await file("one", [{ name: "u", user: {} }]);
    expect(() => findEndpoint({ kubeconfig, ...connection }, {})).toThrow(message);
  });

  test("that is not YAML is named without a word of its content", async () => {
    const kubeconfig = join(folder, "broken");
    await writeFile(kubeconfig, "users: [token: canary");
    expect(() => findEndpoint({ kubeconfig }, {})).toThrow(`The kubeconfig ${kubeconfig} could not be read`);
    expect(() => findEndpoint({ kubeconfig }, {})).not.toThrow("canary");
  });
});

describe("a pod's service account", () => {
  const env = { KUBERNETES_SERVICE_HOST: "fd00::1", KUBERNETES_SERVICE_PORT: "6443", KUBECONFIG: "/nowhere" };

  test("is used where nothing is named, with its token read from the file each time it may have changed", async () => {
    await writeFile(join(folder, "token"), "first");
    await writeFile(join(folder, "ca.crt"), "CA");
    await writeFile(join(folder, "namespace"), "plumbline\n");
    const endpoint = findEndpoint({}, env, folder);
    expect(endpoint).toMatchObject({ cluster: { server: "https://[fd00::1]:6443" }, namespace: "plumbline" });
    const credentials = new CredentialSource(endpoint);
    expect(await credentials.current()).toMatchObject({
      headers: { authorization: "Bearer first" },
      tls: { ca: "CA" },
    });
    await writeFile(join(folder, "token"), "second");
    credentials.forget();
    expect((await credentials.current()).headers).toEqual({ authorization: "Bearer second" });
  });

  test("gives way to a kubeconfig that is named", async () => {
    await writeFile(join(folder, "token"), "first");
    const kubeconfig = await file("one", [{ name: "u", user: {} }]);
    expect(findEndpoint({ kubeconfig }, env, folder).cluster.server).toBe("https://one.example");
  });
});

describe("credentials", () => {
  test("of a token, a token file and a password become an authorization header", async () => {
    await writeFile(join(folder, "token"), "from-file\n");
    expect(await headersOf(await file("one", [{ name: "u", user: { token: "plain" } }]))).toEqual({
      authorization: "Bearer plain",
    });
    expect(
      await headersOf(await file("two", [{ name: "u", user: { token: "old", "token-file": "token" } }])),
    ).toEqual({
      authorization: "Bearer from-file",
    });
    expect(
      await headersOf(await file("three", [{ name: "u", user: { username: "a", password: "b", as: "c" } }])),
    ).toEqual({
      authorization: "Basic YTpi",
      "impersonate-user": "c",
    });
  });

  test("come from an exec plugin, whose failure is told without its output", async () => {
    const credential = { kind: "ExecCredential", status: { token: "from-plugin" } };
    const exec = (script: string) => [{ name: "u", user: { exec: { command: "sh", args: ["-c", script] } } }];
    expect(await headersOf(await file("one", exec(`echo '${JSON.stringify(credential)}'`)))).toEqual({
      authorization: "Bearer from-plugin",
    });
    const asks = `echo "$KUBERNETES_EXEC_INFO" | grep -q '"interactive":false' && echo '${JSON.stringify(credential)}'`;
    expect(await headersOf(await file("asks", exec(asks)))).toEqual({ authorization: "Bearer from-plugin" });
    const error: Error = await headersOf(await file("two", exec("echo canary >&2; exit 1"))).then(
      () => new Error("it went well"),
      (thrown) => thrown,
    );
    expect(error.message).toMatch(/credentials of user "u" .* could not be had/);
    expect(error.message).not.toContain("canary");
  });
});
