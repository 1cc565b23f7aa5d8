import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { run, start } from "#e2e/stack/processes.ts";
import { writeKubeconfig } from "#scripts/kube/credentials.ts";
import type { AuditedCluster } from "./test-audited-cluster.ts";
import { chart, helm } from "./test-chart.ts";
import { freePort } from "../scripts/processes/ports.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const NAMESPACE = "plumbline";

type Variable = { name: string; value?: string };
type Mount = { name: string; mountPath: string; readOnly?: boolean };
type Volume = {
  name: string;
  configMap?: { name: string };
  secret?: { secretName: string };
  emptyDir?: object;
  persistentVolumeClaim?: object;
};
type Probe = { httpGet: { path: string; port: string } };
type Container = {
  env: Variable[];
  volumeMounts: Mount[];
  ports: { name: string; containerPort: number }[];
  livenessProbe: Probe;
  readinessProbe: Probe;
};
type Pod = { serviceAccountName: string; volumes: Volume[]; containers: [Container] };

/** A release of the agent's chart in a real cluster, and its agent as a process of this machine. */
export function openRelease(world: AuditedCluster, name: string) {
  const { cluster, kubectl } = world;
  const folder = mkdtempSync(join(world.dir, `release-${name}-`));
  const at = ["--namespace", NAMESPACE, "--kubeconfig", cluster.kubeconfigPath];
  const pathOf = (mountPath: string) => join(folder, mountPath);

  async function pod(): Promise<Pod> {
    const selector = `app.kubernetes.io/instance=${name}`;
    const { items } = await world.read("deployments", "--namespace", NAMESPACE, "--selector", selector);
    if (items.length !== 1) throw new Error(`Release ${name} has ${items.length} Deployments.`);
    return items[0].spec.template.spec;
  }

  /** The places of this machine that stand for the pod's, in any text that names them. */
  const translated = (text: string, mounts: Mount[]) => {
    const longestFirst = mounts
      .map(({ mountPath }) => mountPath)
      .sort((one, other) => other.length - one.length);
    const places = longestFirst.map((mountPath) => mountPath.replaceAll(".", "\\."));
    // In one pass, for the places of this machine may look like the pod's.
    return text.replaceAll(new RegExp(`(?<![\\w.-])(${places.join("|")})(?=[/"]|$)`, "gm"), pathOf);
  };

  /** Puts into each mount what kubelet would: the files of the ConfigMap or Secret as the cluster has it. */
  async function mount({ volumes, containers: [{ volumeMounts }] }: Pod): Promise<void> {
    for (const { name: volumeName, mountPath } of volumeMounts) {
      const volume = volumes.find((one) => one.name === volumeName);
      if (!volume) throw new Error(`${mountPath} mounts ${volumeName}, which is not among the volumes.`);
      mkdirSync(pathOf(mountPath), { recursive: true });
      const { configMap, secret } = volume;
      if (!configMap && !secret) continue;
      const what = configMap ? ["configmap", configMap.name] : ["secret", secret!.secretName];
      const { data = {} } = await world.read(...what, "--namespace", NAMESPACE);
      for (const [key, value] of Object.entries<string>(data)) {
        const content = configMap ? translated(value, volumeMounts) : Buffer.from(value, "base64");
        writeFileSync(join(pathOf(mountPath), key), content, { mode: 0o400 });
      }
    }
  }

  return {
    namespace: NAMESPACE,
    pod,

    /** The user the API server sees. */
    username: async () => `system:serviceaccount:${NAMESPACE}:${(await pod()).serviceAccountName}`,

    /** `helm upgrade --install`, which waits until the pod runs; a running agent gets its new files, as from kubelet. */
    async install(values: object): Promise<string> {
      const flags = ["--install", "--create-namespace", "--wait", "--timeout", "60s"];
      const notes = await helm(["upgrade", name, chart, ...flags, ...at], values);
      rmSync(pathOf("/etc/plumbline"), { recursive: true, force: true });
      await mount(await pod());
      return notes;
    },

    uninstall: () => run([world.engines.helm, "uninstall", name, "--wait", ...at]),

    /** A kubeconfig that holds nothing but a token of the release's ServiceAccount. */
    async kubeconfig(): Promise<string> {
      const { serviceAccountName } = await pod();
      const token = await kubectl(["create", "token", serviceAccountName, "--namespace", NAMESPACE]);
      const path = join(folder, "service-account.kubeconfig");
      writeKubeconfig(path, "audited", cluster.server, cluster.caData, token.trim());
      return path;
    },

    /** Runs the agent with the environment and the files that its Deployment gives it, and nothing else. */
    async startAgent() {
      const {
        containers: [container],
      } = await pod();
      const port = await freePort();
      const env: Record<string, string> = {};
      for (const { name: variable, value = "" } of container.env)
        env[variable] = translated(value, container.volumeMounts);
      const declaredPort = container.ports.find((one) => one.name === "health")?.containerPort;
      if (env.PLUMBLINE_HEALTH_PORT !== String(declaredPort))
        throw new Error("The port that is probed is not the one the agent is told to open.");
      const agent = start([process.execPath, join(root, "agent/main.ts")], {
        cwd: folder,
        log: join(folder, "agent.log"),
        env: {
          ...env,
          NODE_ENV: "production",
          PATH: [world.engines.helm, world.engines.git, process.execPath].map(dirname).join(":"),
          KUBECONFIG: await this.kubeconfig(),
          // Pods share no ports with each other, processes do.
          PLUMBLINE_HEALTH_PORT: String(port),
        },
      });
      return {
        ...agent,
        log: () => readFileSync(agent.log, "utf8"),
        async probe(which: "livenessProbe" | "readinessProbe"): Promise<number> {
          const { path, port: named } = container[which].httpGet;
          if (named !== "health") throw new Error(`${which} asks port ${named}.`);
          return (await fetch(`http://127.0.0.1:${port}${path}`)).status;
        },
      };
    },
  };
}
