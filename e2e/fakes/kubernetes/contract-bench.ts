import type { ContractClient } from "./contract-client.ts";

/** How the contract reaches the API it examines. */
export interface Connection {
  /** Of somebody who may do everything. */
  kubeconfigPath: string;
  /** Makes watches from before now answer 410 Gone; left out where a real etcd cannot be hurried. */
  compact?: () => void | Promise<void>;
  stop?: () => Promise<void>;
}

/** What every part of the contract works with. */
export interface Bench {
  client: ContractClient;
  connection: Connection;
  /** Makes a namespace of the test's own, ready to be used. */
  namespace(): Promise<string>;
}
