{{- define "agent.fullname" -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- $full := ternary .Release.Name (printf "%s-%s" .Release.Name $name) (contains $name .Release.Name) -}}
{{- regexReplaceAll "[-.]+$" (default $full .Values.fullnameOverride | trunc 63) "" -}}
{{- end -}}

{{/* Cluster-wide names: no two releases share one, as no name of a namespace or release holds a colon. */}}
{{- define "agent.clusterName" -}}
{{- printf "plumbline-agent:%s:%s" .Release.Namespace (include "agent.fullname" .) -}}
{{- end -}}

{{- define "agent.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | quote }}
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

{{- define "agent.maskSecret" -}}
{{- default (printf "%s-mask" (include "agent.fullname" .)) .Values.maskKeySecret -}}
{{- end -}}

{{/* "true" where any environment is in mode sync and applies as the agent itself: only then may the agent write. */}}
{{- define "agent.writes" -}}
{{- range .Values.environments -}}{{- if and (eq (default "observe" .mode) "sync") (not .serviceAccountName) -}}true{{- end -}}{{- end -}}
{{- end -}}

{{/* As whom environments in mode sync are applied: names of service accounts by namespace. */}}
{{- define "agent.impersonated" -}}
{{- $accounts := dict -}}
{{- $own := .Release.Namespace -}}
{{- range .Values.environments -}}
{{- if and (eq (default "observe" .mode) "sync") .serviceAccountName -}}
{{- $namespace := coalesce .serviceAccountNamespace .namespace $own -}}
{{- $_ := set $accounts $namespace (append (default list (index $accounts $namespace)) .serviceAccountName | uniq | sortAlpha) -}}
{{- end -}}
{{- end -}}
{{- $accounts | toJson -}}
{{- end -}}

{{/* A volume's name is a label, a Secret's name need not be one. */}}
{{- define "agent.gitVolume" -}}
{{- printf "git-%s" (sha256sum . | trunc 12) -}}
{{- end -}}

{{/* Names of the Secrets that hold Git credentials, each once. */}}
{{- define "agent.gitSecrets" -}}
{{- $names := list -}}
{{- range .Values.environments -}}{{- with .repository.credentialsSecret -}}{{- $names = append $names . -}}{{- end -}}{{- end -}}
{{- $names | uniq | sortAlpha | toJson -}}
{{- end -}}

{{/* Observing takes lists and watches. No `get`: on every kind it would include `pods/exec` and `nodes/proxy`, where reading runs commands. */}}
{{- define "agent.readRules" -}}
{{- if .Values.rbac.readRules -}}
{{ toYaml .Values.rbac.readRules }}
{{- else -}}
- apiGroups: ["*"]
  resources: ["*"]
  verbs: [list, watch]
{{- end -}}
{{- end -}}

{{/* Converging is server-side apply (create, patch), pruning (delete), and looking at the object before and after (get). */}}
{{- define "agent.writeRules" -}}
{{- if .Values.rbac.writeRules -}}
{{ toYaml .Values.rbac.writeRules }}
{{- else -}}
- apiGroups: ["*"]
  resources: ["*"]
  verbs: [get, create, patch, delete]
{{- end -}}
{{- if .Values.rbac.grantRoles }}
- apiGroups: [rbac.authorization.k8s.io]
  resources: [roles, clusterroles]
  verbs: [escalate, bind]
{{- end -}}
{{- end -}}

{{/* What the schema cannot say in a sentence. */}}
{{- define "agent.check" -}}
{{- if not (or .Values.controlPlane.token .Values.controlPlane.existingSecret.name) -}}
{{- fail "controlPlane.token is missing: take it from \"Connect a cluster\", or name a Secret of yours in controlPlane.existingSecret.name." -}}
{{- end -}}
{{- if and .Values.controlPlane.token .Values.controlPlane.existingSecret.name -}}
{{- fail "controlPlane.token and controlPlane.existingSecret.name are both set: give the token in one place." -}}
{{- end -}}
{{- $names := dict -}}
{{- $declared := list -}}
{{- range .Values.environments -}}{{- $declared = append $declared .name -}}{{- end -}}
{{- range .Values.environments -}}
{{- if hasKey $names .name -}}
{{- fail (printf "environments: %s is declared twice. Rename one of the two, or remove it." .name) -}}
{{- end -}}
{{- $_ := set $names .name true -}}
{{- $name := .name -}}
{{- range .dependsOn -}}
{{- if eq . $name -}}
{{- fail (printf "environments: %s depends on itself. Take it out of its dependsOn." $name) -}}
{{- end -}}
{{- if not (has . $declared) -}}
{{- fail (printf "environments: %s depends on %s, which is not declared here. Declare it, or take it out of dependsOn." $name .) -}}
{{- end -}}
{{- end -}}
{{- $url := .repository.url -}}
{{- if or (regexMatch "^https?://[^/]*@" $url) (regexMatch "^[a-z+]+://[^/@]*:[^/@]*@" $url) -}}
{{- fail (printf "environments: the repository address of %s has a credential in it. Put it into a Secret, and name that in repository.credentialsSecret." .name) -}}
{{- end -}}
{{- if and (hasPrefix "http://" $url) (not (regexMatch "^http://(localhost|127(\\.[0-9]+){3}|\\[::1\\])(:[0-9]+)?(/|$)" $url)) -}}
{{- fail (printf "environments: the repository address of %s is http://, which is not encrypted. Use https:// or ssh; http:// is for loopback only." .name) -}}
{{- end -}}
{{- end -}}
{{- end -}}
