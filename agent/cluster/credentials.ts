import { readFile } from "node:fs/promises";
import { ExecAuth } from "@kubernetes/client-node/dist/exec_auth.js";
import type { Endpoint } from "./kubeconfig.ts";

/** What one request needs: headers, and the TLS material its connection was made with. */
export type Credentials = {
  headers: Record<string, string>;
  tls: { ca?: string; cert?: string; key?: string };
};

type Authenticator = { applyAuthentication(user: never, options: never): Promise<void> };

const REREAD_MS = 30_000;

/**
 * Credentials of an endpoint, kept current: files (service-account token, CA, certificates) are read again
 * every half minute, and at once after `forget`, which a 401 calls.
 */
export class CredentialSource {
  readonly #endpoint: Endpoint;
  #exec = new ExecAuth();
  #oidc: Authenticator | undefined;
  #files = new Map<string, { text: string; readAt: number }>();

  constructor(endpoint: Endpoint) {
    this.#endpoint = endpoint;
  }

  forget(): void {
    this.#files.clear();
    this.#exec = new ExecAuth();
    this.#oidc = undefined;
  }

  async current(): Promise<Credentials> {
    const { cluster, user } = this.#endpoint;
    const tls = {
      ca: await this.#material(cluster.caFile, cluster.caData),
      cert: await this.#material(user.certFile, user.certData),
      key: await this.#material(user.keyFile, user.keyData),
    };
    const headers: Record<string, string> = {};
    const tokenFile = user.tokenFile ?? user.authProvider?.config?.tokenFile;
    if (user.username)
      headers.authorization = `Basic ${Buffer.from(`${user.username}:${user.password ?? ""}`).toString("base64")}`;
    if (user.token) headers.authorization = `Bearer ${user.token.trim()}`;
    // A token file wins over a token, as in client-go: it is the one that rotates.
    if (tokenFile) headers.authorization = `Bearer ${(await this.#file(tokenFile)).trim()}`;
    if (user.impersonateUser) headers["impersonate-user"] = user.impersonateUser;
    if (user.exec || user.authProvider?.name === "exec" || user.authProvider?.config?.exec)
      await this.#apply(this.#exec, headers, tls);
    else if (user.authProvider?.name === "oidc") await this.#apply(await this.#openId(), headers, tls);
    else if (user.authProvider && !tokenFile)
      throw new Error(
        `The auth provider "${user.authProvider.name}" of user "${user.name}" is gone from Kubernetes; use an exec plugin.`,
      );
    return { headers, tls };
  }

  async #apply(
    authenticator: Authenticator,
    headers: Record<string, string>,
    tls: Credentials["tls"],
  ): Promise<void> {
    const options: { headers: Record<string, string>; cert?: string; key?: string } = { headers: {} };
    try {
      await authenticator.applyAuthentication(this.#endpoint.user as never, options as never);
    } catch (error) {
      // A plugin's own output may hold a credential: only its failing is told.
      const code = (error as NodeJS.ErrnoException).code;
      throw new Error(
        `The credentials of user "${this.#endpoint.user.name}" (${this.#endpoint.origin}) could not be had${code ? ` (${code})` : ""}; run the kubeconfig's credential plugin by hand to see why.`,
      );
    }
    if (options.headers.Authorization) headers.authorization = options.headers.Authorization;
    if (options.cert) tls.cert = options.cert;
    if (options.key) tls.key = options.key;
  }

  /** Imported when first needed: it loads the whole client, some 80 MB, which only OpenID users should pay. */
  async #openId() {
    if (!this.#oidc) {
      const { OpenIDConnectAuth } = await import("@kubernetes/client-node/dist/oidc_auth.js");
      this.#oidc = new OpenIDConnectAuth() as unknown as Authenticator;
    }
    return this.#oidc;
  }

  async #material(file: string | undefined, base64: string | undefined): Promise<string | undefined> {
    if (base64) return Buffer.from(base64, "base64").toString("utf8");
    return file ? this.#file(file) : undefined;
  }

  async #file(path: string): Promise<string> {
    const known = this.#files.get(path);
    if (known && Date.now() - known.readAt < REREAD_MS) return known.text;
    try {
      const text = await readFile(path, "utf8");
      this.#files.set(path, { text, readAt: Date.now() });
      return text;
    } catch (error) {
      if (known) return known.text;
      throw new Error(
        `The credential file ${path} could not be read (${(error as NodeJS.ErrnoException).code ?? "failed"}).`,
      );
    }
  }
}
