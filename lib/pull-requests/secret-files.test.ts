import { expect, test } from "vitest";
import { mayHoldSecrets } from "./secret-files.ts";

test.each([
  ["a Secret", "a/secret.yaml", "apiVersion: v1\nkind: Secret\ndata: {}\n"],
  ["a Secret in JSON", "a/secret.json", '{"apiVersion":"v1","kind": "Secret","data":{}}'],
  ["a Secret in a list", "a/list.yaml", "kind: List\nitems:\n  - kind: 'Secret'\n"],
  ["a patch of a Secret", "a/kustomization.yaml", "patches:\n  - target: {kind: Secret}\n"],
  ["a generated Secret", "a/kustomization.yaml", "secretGenerator:\n  - literals: [a=b]\n"],
])("%s is never shown, whatever the environment renders", (_, path, text) => {
  expect(mayHoldSecrets(path, ["apiVersion: v1\nkind: ConfigMap\n", text], false)).toBe(true);
});

test.each([
  ["Helm values", "a/values.yaml", "password: hunter2\n"],
  ["an .env file", "a/.env", "PASSWORD=hunter2\n"],
  ["objects with something else between", "a/all.yaml", "apiVersion: v1\nkind: Pod\n---\npassword: a\n"],
])("%s are shown only where no Secret is rendered", (_, path, text) => {
  expect(mayHoldSecrets(path, [text], true)).toBe(true);
  expect(mayHoldSecrets(path, [text], false)).toBe(false);
});

test.each([
  ["objects", "a/all.yaml", "# Two\n---\napiVersion: v1\nkind: Pod\n---\napiVersion: v1\nkind: Service\n"],
  ["objects in JSON", "a/pod.json", '{"apiVersion": "v1", "kind": "Pod"}'],
  ["a SealedSecret", "a/sealed.yaml", "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\n"],
  ["a kustomization", "a/kustomization.yaml", "configMapGenerator:\n  - literals: [a=b]\n"],
])("%s are shown beside Secrets, too", (_, path, text) => {
  expect(mayHoldSecrets(path, [text], true)).toBe(false);
});
