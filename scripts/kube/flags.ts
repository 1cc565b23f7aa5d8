/** What the programs of one cluster share: where they listen, and the files they read. */
export interface Layout {
  folder: string;
  kubeconfigPath: string;
  tokensPath: string;
  serviceAccountKeyPath: string;
  /** The certificate authority that kube-apiserver made for itself. */
  caPath: string;
  stagesPath: string;
  certFolder: string;
  ports: Ports;
}

/** The loopback ports of one cluster. */
export interface Ports {
  etcd: number;
  etcdPeer: number;
  apiserver: number;
  controllerManager: number;
  scheduler: number;
}

const url = (port: number) => `http://127.0.0.1:${port}`;

/** etcd without fsync: a killed process loses nothing, a killed machine may, and a test cluster can bear that. */
export function etcdFlags({ folder, ports }: Layout): string[] {
  return [
    "--name=plumbline",
    `--data-dir=${folder}/etcd`,
    `--listen-client-urls=${url(ports.etcd)}`,
    `--advertise-client-urls=${url(ports.etcd)}`,
    `--listen-peer-urls=${url(ports.etcdPeer)}`,
    `--initial-advertise-peer-urls=${url(ports.etcdPeer)}`,
    `--initial-cluster=plumbline=${url(ports.etcdPeer)}`,
    "--unsafe-no-fsync",
    "--log-level=warn",
  ];
}

/** kube-apiserver on loopback, with RBAC, service-account tokens, and a certificate it signs itself. */
export function apiserverFlags(layout: Layout, extra: readonly string[]): string[] {
  const { ports } = layout;
  return [
    `--etcd-servers=${url(ports.etcd)}`,
    "--bind-address=127.0.0.1",
    "--advertise-address=127.0.0.1",
    // The `kubernetes` Service refuses a loopback endpoint, and nothing here looks for one.
    "--endpoint-reconciler-type=none",
    `--secure-port=${ports.apiserver}`,
    `--cert-dir=${layout.certFolder}`,
    `--token-auth-file=${layout.tokensPath}`,
    "--authorization-mode=Node,RBAC",
    "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
    `--service-account-key-file=${layout.serviceAccountKeyPath}`,
    `--service-account-signing-key-file=${layout.serviceAccountKeyPath}`,
    "--service-cluster-ip-range=10.96.0.0/16",
    "--allow-privileged=true",
    "--profiling=false",
    ...extra,
  ];
}

/** kube-controller-manager; `--kube-api-qps` decides how soon Deployments become ready. */
export function controllerManagerFlags(layout: Layout, kubeApiQps: number): string[] {
  return [
    `--kubeconfig=${layout.kubeconfigPath}`,
    `--root-ca-file=${layout.caPath}`,
    `--service-account-private-key-file=${layout.serviceAccountKeyPath}`,
    `--kube-api-qps=${kubeApiQps}`,
    `--kube-api-burst=${kubeApiQps * 2}`,
    "--leader-elect=false",
    "--bind-address=127.0.0.1",
    `--secure-port=${layout.ports.controllerManager}`,
    `--cert-dir=${layout.certFolder}/controller-manager`,
    "--profiling=false",
  ];
}

/** kube-scheduler, which binds pods to the fake nodes. */
export function schedulerFlags(layout: Layout, kubeApiQps: number): string[] {
  return [
    `--kubeconfig=${layout.kubeconfigPath}`,
    `--kube-api-qps=${kubeApiQps}`,
    `--kube-api-burst=${kubeApiQps * 2}`,
    "--leader-elect=false",
    "--bind-address=127.0.0.1",
    `--secure-port=${layout.ports.scheduler}`,
    `--cert-dir=${layout.certFolder}/scheduler`,
    "--profiling=false",
  ];
}

/** KWOK as the kubelet of every node. */
export function kwokFlags(layout: Layout): string[] {
  return [
    `--kubeconfig=${layout.kubeconfigPath}`,
    `--config=${layout.stagesPath}`,
    "--manage-all-nodes=true",
    "--node-ip=192.0.2.1",
    "--cidr=10.244.0.1/16",
    "--node-lease-duration-seconds=40",
  ];
}
