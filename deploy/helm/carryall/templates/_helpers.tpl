{{- define "carryall.name" -}}
{{- if contains "carryall" .Release.Name }}{{ .Release.Name | trunc 50 | trimSuffix "-" }}{{ else }}{{ printf "%s-carryall" .Release.Name | trunc 50 | trimSuffix "-" }}{{ end }}
{{- end }}

{{- define "carryall.labels" -}}
app.kubernetes.io/name: carryall
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{/* What selects the pods of a part: gateway, worker or migrate. */}}
{{- define "carryall.selector" -}}
app.kubernetes.io/name: carryall
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .part }}
{{- end }}

{{/* What every container has: image, variables, mounts, and no rights. `workers`: how many bundles a gateway builds itself. */}}
{{- define "carryall.container" -}}
image: "{{ .root.Values.image.repository }}:{{ .root.Values.image.tag | default .root.Chart.AppVersion }}"
imagePullPolicy: {{ .root.Values.image.pullPolicy }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities:
    drop: [ALL]
env:
  - name: DATABASE_URL_FILE
    value: /run/secrets/database/url
{{- if not (kindIs "invalid" .workers) }}
  - name: CARRYALL_WORKERS
    value: {{ .workers | quote }}
{{- end }}
  - name: CARRYALL_IDENTITY
    value: /etc/carryall/identity.yaml
{{- range $name, $value := .root.Values.environment }}
  - name: {{ $name }}
    value: {{ $value | quote }}
{{- end }}
{{- if .root.Values.secrets.s3 }}
  - name: AWS_SHARED_CREDENTIALS_FILE
    value: /run/secrets/s3/credentials
{{- end }}
{{- if .root.Values.secrets.authority }}
  - name: NODE_EXTRA_CA_CERTS
    value: /run/secrets/authority/authority.crt
{{- end }}
{{- if .root.Values.metrics.enabled }}
  - name: CARRYALL_METRICS
    value: "0.0.0.0:{{ .root.Values.metrics.port }}"
  - name: CARRYALL_METRICS_EXPOSED
    value: "yes"
{{- end }}
volumeMounts:
  - name: data
    mountPath: /data
  - name: tmp
    mountPath: /tmp
  - name: identity
    mountPath: /etc/carryall
    readOnly: true
  - name: database
    mountPath: /run/secrets/database
    readOnly: true
{{- if .root.Values.secrets.s3 }}
  - name: s3
    mountPath: /run/secrets/s3
    readOnly: true
{{- end }}
{{- if .root.Values.secrets.authority }}
  - name: authority
    mountPath: /run/secrets/authority
    readOnly: true
{{- end }}
{{- end }}

{{/* What every pod has. */}}
{{- define "carryall.pod" -}}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: 1000
  runAsGroup: 1000
  fsGroup: 1000
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile:
    type: RuntimeDefault
volumes:
  - name: data
    persistentVolumeClaim:
      claimName: {{ .Values.data.existingClaim | default (include "carryall.name" .) }}
  - name: tmp
    emptyDir:
      sizeLimit: 1Gi
  - name: identity
    configMap:
      name: {{ include "carryall.name" . }}
  - name: database
    secret:
      secretName: {{ .Values.secrets.database }}
      defaultMode: 0440
{{- if .Values.secrets.s3 }}
  - name: s3
    secret:
      secretName: {{ .Values.secrets.s3 }}
      defaultMode: 0440
{{- end }}
{{- if .Values.secrets.authority }}
  - name: authority
    secret:
      secretName: {{ .Values.secrets.authority }}
{{- end }}
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
