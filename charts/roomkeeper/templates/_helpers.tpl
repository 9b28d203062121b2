{{- define "roomkeeper.name" -}}
{{ .Values.fullnameOverride | default .Release.Name }}
{{- end }}

{{- define "roomkeeper.selector" -}}
app.kubernetes.io/name: roomkeeper
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- /* Of what belongs to the operator; the guards against deletion go by the name. */}}
{{- define "roomkeeper.labels" -}}
{{ include "roomkeeper.selector" . }}
{{ include "roomkeeper.version" . }}
{{- end }}

{{- /* Of what may go at any time. */}}
{{- define "roomkeeper.part" -}}
app.kubernetes.io/part-of: roomkeeper
app.kubernetes.io/instance: {{ .Release.Name }}
{{ include "roomkeeper.version" . }}
{{- end }}

{{- define "roomkeeper.version" -}}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version | replace "+" "_" }}
{{- end }}

{{- define "roomkeeper.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}
{{- end }}

{{- define "roomkeeper.podSecurity" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
seccompProfile: { type: RuntimeDefault }
{{- end }}

{{- define "roomkeeper.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end }}

{{- /* Rules of the table in rights.yaml: the role, and the names that its rules with names are about. */}}
{{- define "roomkeeper.rules" -}}
{{- range $rule := get (.root.Files.Get "rights.yaml" | fromYaml) .role }}
{{- if and $.names (or $rule.resourceNames $.all) }}{{ $_ := set $rule "resourceNames" $.names }}{{ end }}
{{ list $rule | toYaml }}
{{- end }}
{{- end }}

{{- /* A Role and its binding to the operator's account: namespace, name, labels, and what roomkeeper.rules takes. */}}
{{- define "roomkeeper.role" -}}
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: {{ .name }}
  namespace: {{ .namespace }}
  labels:
    {{- include .labels .root | nindent 4 }}
rules:
  {{- include "roomkeeper.rules" . | nindent 2 }}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: {{ .name }}
  namespace: {{ .namespace }}
  labels:
    {{- include .labels .root | nindent 4 }}
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: {{ .name }} }
subjects:
  - { kind: ServiceAccount, name: {{ include "roomkeeper.name" .root }}, namespace: {{ .root.Release.Namespace }} }
{{- end }}
