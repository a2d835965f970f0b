#!/bin/sh
# The four commands of an engine of programs, for Kubernetes: see batch-systems.md. Change the image, the claim and the namespace.
set -eu

namespace=hutch
image=registry.example.org/hutch-node:1

case $1 in
submit)
    kubectl --namespace "$namespace" create -f - <<YAML
apiVersion: batch/v1
kind: Job
metadata:
  name: $2
  labels: {app: hutch-program}
spec:
  backoffLimit: 0
  activeDeadlineSeconds: $5
  ttlSecondsAfterFinished: 86400
  template:
    metadata:
      labels: {app: hutch-program}
    spec:
      restartPolicy: Never
      automountServiceAccountToken: false
      containers:
        - name: node
          image: $image
          command: [/bin/sh, "$6"]
          resources:
            requests: {cpu: "$3", memory: ${4}Mi}
          volumeMounts:
            - {name: shared, mountPath: /shared/hutch}
      volumes:
        - name: shared
          persistentVolumeClaim: {claimName: hutch-shared}
YAML
    ;;
state)
    kubectl --namespace "$namespace" get jobs --selector app=hutch-program --output go-template='{{range .items}}{{.metadata.name}} {{if .status.succeeded}}succeeded{{else if .status.failed}}failed{{else if .status.active}}active{{else}}pending{{end}}{{"\n"}}{{end}}'
    ;;
cancel)
    kubectl --namespace "$namespace" delete job "$2" --ignore-not-found --wait=false
    ;;
log)
    kubectl --namespace "$namespace" logs "job/$2" --tail 20
    ;;
*)
    echo "usage: $0 submit NAME CORES MEGABYTES SECONDS SCRIPT | state | cancel NAME | log NAME" >&2
    exit 2
    ;;
esac
