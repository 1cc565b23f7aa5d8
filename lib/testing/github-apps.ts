import { generateKeyPairSync } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { createEmulator } from "emulate";

/** GitHub's side of Apps: emulate checks JWTs and makes tokens; what it lacks is answered before it. */
export type GithubApps = {
  url: string;
  app: { id: number; slug: string; clientId: string; clientSecret: string; pem: string };
  /** How many tokens were made, for which repositories. */
  minted: { repository_ids?: number[] }[];
  /** What the person behind a code reaches: installation → repositories. Each code is good once. */
  codes: Map<string, Record<number, { id: number; full_name: string; push: boolean }[]>>;
  /** Codes of a manifest, good once. */
  manifests: Set<string>;
  suspended: Set<number>;
  deleted: Set<number>;
  /** How long the tokens made from now on live. */
  lifeMs: number;
  close: () => Promise<void>;
};

const installations = { alice: 501, mallory: 666 };

/** Starts one App that is installed at alice (501) and at mallory (666), each with a repository `fleet`. */
export async function startGithubApps(): Promise<GithubApps> {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const pem = privateKey.export({ type: "pkcs1", format: "pem" }).toString();
  const app = { id: 77, slug: "plumbline-test", clientId: "Iv1.client", clientSecret: "client-secret", pem };
  const persons = new Map<string, Record<number, { id: number; full_name: string; push: boolean }[]>>();
  const refreshes: typeof persons = new Map();
  let refreshed = 0;
  const server = createServer((request, response) => {
    answer(request)
      .catch((error: unknown) => ({ status: 500, body: { message: String(error) } }))
      .then(({ status, body }) => {
        response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
      });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const spare = createServer();
  await new Promise<void>((done) => spare.listen(0, "127.0.0.1", done));
  const { port } = spare.address() as AddressInfo;
  await new Promise((done) => spare.close(done));
  const permissions = {
    ...{ contents: "write", pull_requests: "write", statuses: "write" },
    ...{ checks: "read", metadata: "read" },
  };
  const logins = Object.keys(installations) as (keyof typeof installations)[];
  const emulator = await createEmulator({
    service: "github",
    port,
    baseUrl: url,
    seed: {
      github: {
        users: logins.map((login) => ({ login })),
        repos: logins.map((owner) => ({ owner, name: "fleet", auto_init: true, private: true })),
        apps: [
          {
            ...{ app_id: app.id, slug: app.slug, name: app.slug, private_key: pem, permissions, events: [] },
            installations: logins.map((account) => ({
              ...{ installation_id: installations[account], account, repository_selection: "all" as const },
            })),
          },
        ],
      },
    },
  });
  const fake: GithubApps = {
    ...{ url, app, minted: [], codes: new Map(), manifests: new Set(), lifeMs: 3_600_000 },
    ...{ suspended: new Set(), deleted: new Set() },
    close: async () => {
      server.closeAllConnections();
      await Promise.all([new Promise((done) => server.close(done)), emulator.close()]);
    },
  };

  async function answer(request: IncomingMessage): Promise<{ status: number; body: unknown }> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const path = (request.url ?? "/").replace(/^\/api\/v3/, "");
    const manifest = /^\/app-manifests\/([^/]+)\/conversions$/.exec(path)?.[1];
    if (manifest !== undefined) return converted(decodeURIComponent(manifest));
    if (path === "/login/oauth/access_token") return signedIn(JSON.parse(text));
    const person = persons.get((request.headers.authorization ?? "").replace(/^(token|bearer) /i, ""));
    if (path === "/user") return person ? { status: 200, body: { id: 7, login: "alice" } } : notFound;
    if (path.startsWith("/user/installations")) return person ? reached(person, path) : notFound;
    const id = Number(/^\/app\/installations\/(\d+)/.exec(path)?.[1]);
    if (fake.deleted.has(id)) return notFound;
    const minting = path.endsWith("/access_tokens");
    if (minting && fake.suspended.has(id))
      return { status: 403, body: { message: "This installation has been suspended" } };
    const upstream = await fetch(`http://127.0.0.1:${port}${path}`, {
      method: request.method ?? "GET",
      headers: { authorization: request.headers.authorization ?? "", "content-type": "application/json" },
      ...(text ? { body: text } : {}),
    });
    const body = (await upstream.json()) as Record<string, unknown>;
    if (minting && upstream.status === 201) {
      fake.minted.push(JSON.parse(text || "{}"));
      body.expires_at = new Date(Date.now() + fake.lifeMs).toISOString();
    } else if (fake.suspended.has(id)) body.suspended_at = new Date().toISOString();
    return { status: upstream.status, body };
  }

  function converted(code: string) {
    if (!fake.manifests.delete(code)) return notFound;
    const { id, slug, clientId, clientSecret } = app;
    const secrets = { client_id: clientId, client_secret: clientSecret, webhook_secret: "of-the-app", pem };
    return { status: 201, body: { id, slug, ...secrets } };
  }

  type Sent = { code?: string; refresh_token?: string; client_id: string; client_secret: string };
  function signedIn(sent: Sent) {
    const [from, what] = sent.refresh_token ? [refreshes, sent.refresh_token] : [fake.codes, sent.code ?? ""];
    const sees = from.get(what);
    const known = sent.client_id === app.clientId && sent.client_secret === app.clientSecret;
    if (!sees || !known) return { status: 200, body: { error: "bad_verification_code" } };
    // A code and a refresh token are good once.
    from.delete(what);
    const token = what.startsWith("ghr_") ? `ghu_again_${refreshed++}` : `ghu_${what}`;
    const refresh = token.replace("ghu_", "ghr_");
    persons.set(token, sees);
    refreshes.set(refresh, sees);
    const body = { access_token: token, token_type: "bearer", expires_in: 28_800, refresh_token: refresh };
    return { status: 200, body };
  }

  function reached(person: NonNullable<ReturnType<typeof persons.get>>, path: string) {
    const id = /^\/user\/installations\/(\d+)\/repositories/.exec(path)?.[1];
    const all = Object.keys(person).map((key) => ({ id: Number(key) }));
    if (!id) return { status: 200, body: { total_count: all.length, installations: all } };
    const repositories = (person[Number(id)] ?? []).map(({ push, ...one }) => ({
      ...one,
      permissions: { push },
    }));
    return { status: 200, body: { total_count: repositories.length, repositories } };
  }
  return fake;
}

const notFound = { status: 404, body: { message: "Not Found" } };
