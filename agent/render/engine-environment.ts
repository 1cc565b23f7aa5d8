import { mkdirSync } from "node:fs";
import { join } from "node:path";

// A proxy that refuses every connection, should an engine ever find an address to dial.
const NOWHERE = "http://127.0.0.1:9";

/**
 * An engine's whole environment: homes in our cache, no kubeconfig, no way out to the network, and no
 * program on PATH that it could start.
 */
export function engineEnvironment(command: string, cacheDir: string): Record<string, string> {
  const home = join(cacheDir, "engine-home");
  mkdirSync(home, { recursive: true, mode: 0o700 });
  return {
    PATH: command.includes("/") ? join(home, "no-programs") : "/usr/local/bin:/usr/bin:/bin",
    HOME: home,
    TMPDIR: home,
    LC_ALL: "C",
    HTTP_PROXY: NOWHERE,
    HTTPS_PROXY: NOWHERE,
    NO_PROXY: "",
    KUBECONFIG: join(home, "no-kubeconfig"),
    HELM_CACHE_HOME: join(home, "helm-cache"),
    HELM_CONFIG_HOME: join(home, "helm-config"),
    HELM_DATA_HOME: join(home, "helm-data"),
    HELM_PLUGINS: join(home, "helm-plugins"),
  };
}
