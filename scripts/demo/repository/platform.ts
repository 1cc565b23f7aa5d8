import type { FleetModel } from "./model.ts";

const namespaces = `apiVersion: v1
kind: Namespace
metadata:
  name: platform
  labels:
    pod-security.kubernetes.io/enforce: restricted
`;

const defaultDeny = `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: default-deny
  namespace: platform
spec:
  podSelector: {}
  policyTypes:
    - Ingress
`;

const egress = `---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: allow-dns
  namespace: platform
spec:
  podSelector: {}
  policyTypes:
    - Egress
  egress:
    - ports:
        - port: 53
          protocol: UDP
        - port: 53
          protocol: TCP
`;

const cronJob = (schedule: string, image: string) => `apiVersion: batch/v1
kind: CronJob
metadata:
  name: cleanup
  namespace: platform
spec:
  schedule: "${schedule}"
  concurrencyPolicy: Forbid
  successfulJobsHistoryLimit: 2
  failedJobsHistoryLimit: 3
  jobTemplate:
    spec:
      backoffLimit: 1
      template:
        spec:
          serviceAccountName: cleanup
          restartPolicy: Never
          securityContext:
            runAsNonRoot: true
            seccompProfile:
              type: RuntimeDefault
          containers:
            - name: cleanup
              image: ${image}
              args: ["--older-than", "30d"]
              securityContext:
                allowPrivilegeEscalation: false
                readOnlyRootFilesystem: true
                capabilities:
                  drop: [ALL]
`;

const rbac = `apiVersion: v1
kind: ServiceAccount
metadata:
  name: cleanup
  namespace: platform
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: cleanup
  namespace: platform
rules:
  - apiGroups: [""]
    resources: ["configmaps"]
    verbs: ["list", "delete"]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: cleanup
  namespace: platform
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: Role
  name: cleanup
subjects:
  - kind: ServiceAccount
    name: cleanup
    namespace: platform
`;

const auditors = `---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: auditors-view
  namespace: platform
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: view
subjects:
  - apiGroup: rbac.authorization.k8s.io
    kind: Group
    name: auditors
`;

// A placeholder and no secret: it is here so that one can see that values of Secrets are never shown.
const secret = `apiVersion: v1
kind: Secret
metadata:
  name: smtp
  namespace: platform
type: Opaque
stringData:
  host: smtp.family.example
  username: notifications
  password: placeholder-replaced-by-the-vault
`;

/** The plain manifests of the platform environment. */
export function platformFiles(model: FleetModel["platform"]): Record<string, string> {
  return {
    "platform/namespaces.yaml": namespaces,
    "platform/network-policies.yaml": model.egress ? defaultDeny + egress : defaultDeny,
    "platform/cleanup-cronjob.yaml": cronJob(model.cleanupSchedule, model.cleanupImage),
    "platform/rbac.yaml": model.auditors ? rbac + auditors : rbac,
    ...(model.secret ? { "platform/smtp-secret.yaml": secret } : {}),
  };
}
