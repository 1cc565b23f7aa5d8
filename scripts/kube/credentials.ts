import { generateKeyPairSync, randomBytes, X509Certificate } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { stringify } from "yaml";

/** The static bearer tokens of a cluster: one for its owner, one for its own programs. */
export interface Tokens {
  admin: string;
  controlPlane: string;
}

/** Makes the token file and the service-account key unless a former start on the same folder did. */
export function ensureCredentials(tokensPath: string, serviceAccountKeyPath: string): Tokens {
  if (!existsSync(serviceAccountKeyPath)) {
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    writeSecret(serviceAccountKeyPath, privateKey.export({ type: "pkcs1", format: "pem" }).toString());
  }
  if (!existsSync(tokensPath)) {
    const users = ["admin,admin", "system:kube-controller-manager,control-plane"];
    const lines = users.map((user) => `${randomBytes(24).toString("hex")},${user},"system:masters"\n`);
    writeSecret(tokensPath, lines.join(""));
  }
  const [admin, controlPlane] = readFileSync(tokensPath, "utf8")
    .split("\n")
    .map((line) => line.split(",")[0]);
  return { admin: admin!, controlPlane: controlPlane! };
}

/** The authority in the chain that kube-apiserver wrote when it signed its own serving certificate. */
export function readAuthority(chainPath: string): string {
  const chain = readFileSync(chainPath, "utf8").match(
    /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n?/g,
  );
  const authority = chain?.find((pem) => new X509Certificate(pem).ca);
  if (!authority)
    throw new Error(
      `${chainPath} holds no certificate authority: remove its folder, and start the cluster again.`,
    );
  return authority;
}

/** Writes a kubeconfig that signs in with a bearer token. */
export function writeKubeconfig(
  path: string,
  name: string,
  server: string,
  caData: string,
  token: string,
): void {
  const config = {
    apiVersion: "v1",
    kind: "Config",
    "current-context": name,
    clusters: [
      { name, cluster: { server, "certificate-authority-data": Buffer.from(caData).toString("base64") } },
    ],
    users: [{ name, user: { token } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
  };
  writeSecret(path, stringify(config));
}

function writeSecret(path: string, content: string): void {
  writeFileSync(path, content, { mode: 0o600 });
}
