import type { PaymentsModel } from "./model.ts";

const deployment = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
  namespace: {{ .Release.Namespace }}
  labels: {{- include "payments.labels" . | nindent 4 }}
spec:
  replicas: {{ .Values.replicas }}
  selector:
    matchLabels:
      app.kubernetes.io/name: {{ .Chart.Name }}
  template:
    metadata:
      labels: {{- include "payments.labels" . | nindent 8 }}
      annotations:
        checksum/config: {{ include (print $.Template.BasePath "/config-map.yaml") . | sha256sum }}
    spec:
      securityContext:
        runAsNonRoot: true
        seccompProfile:
          type: RuntimeDefault
      containers:
        - name: payments
          image: "{{ .Values.image.repository }}:{{ .Values.image.tag }}"
          ports:
            - name: http
              containerPort: 8090
          envFrom:
            - configMapRef:
                name: {{ .Release.Name }}-config
          readinessProbe:
            httpGet:
              path: /healthz
              port: http
          resources: {{- toYaml .Values.resources | nindent 12 }}
          securityContext:
            allowPrivilegeEscalation: false
            readOnlyRootFilesystem: true
            capabilities:
              drop: [ALL]
`;

const service = `apiVersion: v1
kind: Service
metadata:
  name: {{ .Release.Name }}
  namespace: {{ .Release.Namespace }}
  labels: {{- include "payments.labels" . | nindent 4 }}
spec:
  selector:
    app.kubernetes.io/name: {{ .Chart.Name }}
  ports:
    - name: http
      port: 80
      targetPort: http
`;

const configMap = `apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-config
  namespace: {{ .Release.Namespace }}
  labels: {{- include "payments.labels" . | nindent 4 }}
data:
  PROVIDER: {{ .Values.provider | quote }}
  RETRIES: {{ .Values.retries | quote }}
`;

const namespace = `{{- if .Values.namespace.create }}
apiVersion: v1
kind: Namespace
metadata:
  name: {{ .Release.Namespace }}
{{- end }}
`;

const helpers = `{{- define "payments.labels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/part-of: family-insurance
{{- end }}
`;

const values = `replicas: 1

image:
  repository: registry.example/payments
  tag: 1.2.0

# Which payment provider the service talks to, and how often it tries again.
provider: sandbox
retries: 2

namespace:
  create: true

resources:
  requests:
    cpu: 50m
    memory: 128Mi
  limits:
    memory: 128Mi
`;

/** The Helm chart of the payments service and its values per environment. */
export function chartFiles(model: PaymentsModel): Record<string, string> {
  const files: Record<string, string> = {
    "charts/payments/Chart.yaml": `apiVersion: v2
name: payments
description: Takes premiums by direct debit and card.
type: application
version: ${model.chartVersion}
`,
    "charts/payments/values.yaml": values,
    "charts/payments/templates/_helpers.tpl": helpers,
    "charts/payments/templates/config-map.yaml": configMap,
    "charts/payments/templates/deployment.yaml": deployment,
    "charts/payments/templates/namespace.yaml": namespace,
    "charts/payments/templates/service.yaml": service,
  };
  for (const [name, { tag, replicas, provider, retries }] of Object.entries(model.values))
    files[`payments/${name}.yaml`] = `replicas: ${replicas}
image:
  tag: ${tag}
provider: ${provider}
retries: ${retries}
`;
  return files;
}
