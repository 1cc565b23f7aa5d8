{{- define "agent.fullname" -}}
{{- default (ternary .Release.Name (printf "%s-%s" .Release.Name (default .Chart.Name .Values.nameOverride)) (contains (default .Chart.Name .Values.nameOverride) .Release.Name)) .Values.fullnameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "agent.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | quote }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{ include "agent.selector" . }}
{{- end -}}

{{- define "agent.selector" -}}
app.kubernetes.io/name: plumbline-agent
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "agent.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}{{ default (include "agent.fullname" .) .Values.serviceAccount.name }}{{- else -}}{{ default "default" .Values.serviceAccount.name }}{{- end -}}
{{- end -}}

{{- define "agent.tokenSecret" -}}
{{- default (printf "%s-token" (include "agent.fullname" .)) .Values.controlPlane.existingSecret.name -}}
{{- end -}}

{{/* "true" where any environment is in mode sync: only then may the agent write. */}}
{{- define "agent.writes" -}}
{{- range .Values.environments -}}{{- if eq (default "observe" .mode) "sync" -}}true{{- end -}}{{- end -}}
{{- end -}}

{{/* Names of the Secrets that hold Git credentials, each once. */}}
{{- define "agent.gitSecrets" -}}
{{- $names := list -}}
{{- range .Values.environments -}}{{- with .repository.credentialsSecret -}}{{- $names = append $names . -}}{{- end -}}{{- end -}}
{{- $names | uniq | sortAlpha | toJson -}}
{{- end -}}

{{- define "agent.readRules" -}}
{{- if .Values.rbac.readRules -}}
{{ toYaml .Values.rbac.readRules }}
{{- else -}}
- apiGroups: ["*"]
  resources: ["*"]
  verbs: [get, list, watch]
{{- end -}}
{{- end -}}

{{- define "agent.writeRules" -}}
{{- if .Values.rbac.writeRules -}}
{{ toYaml .Values.rbac.writeRules }}
{{- else -}}
- apiGroups: ["*"]
  resources: ["*"]
  verbs: [create, patch, delete]
{{- end -}}
{{- end -}}
