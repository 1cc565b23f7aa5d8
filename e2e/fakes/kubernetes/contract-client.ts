import { readFileSync } from "node:fs";
import { Agent, request } from "undici";
import { parse } from "yaml";
import type { JsonMap } from "./json.ts";

/** One answer of an API server. */
export interface ContractAnswer {
  status: number;
  body: JsonMap;
  text: string;
  warnings: string[];
}

/** What a request may carry besides its path. */
export interface ContractRequest {
  body?: unknown;
  contentType?: string;
  accept?: string;
  userAgent?: string;
  token?: string;
}

interface Kubeconfig {
  clusters: {
    cluster: { server: string; "certificate-authority-data"?: string; "certificate-authority"?: string };
  }[];
  users: { user: { token?: string } }[];
}

/** A bare HTTP client for the contract: it shares no code with the agent's. */
export class ContractClient {
  readonly #server: string;
  readonly #token: string;
  readonly #agent: Agent;

  constructor(kubeconfigPath: string) {
    const config = parse(readFileSync(kubeconfigPath, "utf8")) as Kubeconfig;
    const { cluster } = config.clusters[0]!;
    const data = cluster["certificate-authority-data"];
    const file = cluster["certificate-authority"];
    const ca = data ? Buffer.from(data, "base64").toString("utf8") : file && readFileSync(file, "utf8");
    this.#server = cluster.server;
    this.#token = config.users[0]!.user.token ?? "";
    this.#agent = new Agent({ connect: ca ? { ca } : {} });
  }

  async send(method: string, path: string, options: ContractRequest = {}): Promise<ContractAnswer> {
    const { body } = options;
    const answer = await request(this.#server + path, {
      method: method as "GET",
      dispatcher: this.#agent,
      headers: {
        authorization: `Bearer ${options.token ?? this.#token}`,
        accept: options.accept ?? "application/json",
        "user-agent": options.userAgent ?? "contract/1.0",
        ...(body !== undefined && { "content-type": options.contentType ?? "application/json" }),
      },
      ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const text = await answer.body.text();
    const warning = answer.headers.warning ?? [];
    // The OpenAPI index of a real server is JSON that calls itself plain text.
    const isJson = text.startsWith("{");
    return {
      status: answer.statusCode,
      body: isJson && !path.includes("watch=") ? (JSON.parse(text) as JsonMap) : {},
      text,
      warnings: Array.isArray(warning) ? warning : [warning],
    };
  }

  get(path: string): Promise<ContractAnswer> {
    return this.send("GET", path);
  }

  create(path: string, body: unknown, query = ""): Promise<ContractAnswer> {
    return this.send("POST", path + query, { body });
  }

  apply(path: string, body: unknown, manager: string, query = ""): Promise<ContractAnswer> {
    const contentType = "application/apply-patch+yaml";
    return this.send("PATCH", `${path}?fieldManager=${manager}${query}`, { body, contentType });
  }

  patch(path: string, body: unknown, contentType: string, userAgent?: string): Promise<ContractAnswer> {
    return this.send("PATCH", path, { body, contentType, ...(userAgent && { userAgent }) });
  }

  /** Events of a watch that ends by itself (`timeoutSeconds`). */
  async watch(path: string): Promise<JsonMap[]> {
    const { text } = await this.get(path);
    return text
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as JsonMap);
  }

  close(): Promise<void> {
    return this.#agent.close();
  }
}

/** Asks again until an answer satisfies, or fails when the deadline has passed. */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T>,
  done: (value: T) => boolean,
  deadlineMs = 20_000,
): Promise<T> {
  const end = Date.now() + deadlineMs;
  for (;;) {
    const value = await ask();
    if (done(value)) return value;
    if (Date.now() > end)
      throw new Error(`${what} did not happen in ${deadlineMs} ms; last seen: ${JSON.stringify(value)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
