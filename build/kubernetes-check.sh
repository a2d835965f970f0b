#!/usr/bin/env bash
# Checks the manifests of deploy/kubernetes without a cluster: both setups are put together by kustomize, and every object is compared with the
# types of the Kubernetes API in Debian's python3-kubernetes. What is unknown, missing or of another type there is an error; so are names and
# selectors that lead nowhere, and options that out/hutch does not know.
#
#   ./run build && build/kubernetes-check.sh        (kustomize or kubectl, and python3-kubernetes)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

die() { printf 'kubernetes-check: %s\n' "$*" >&2; exit 1; }

put_together() { if command -v kustomize >/dev/null; then kustomize build "$1"; else kubectl kustomize "$1"; fi; }

command -v kustomize >/dev/null || command -v kubectl >/dev/null || die "neither kustomize nor kubectl is installed"
[[ -x out/hutch ]] || die "there is no out/hutch: ./run build makes it"
for setup in one-server several-servers; do
    objects=$(put_together "deploy/kubernetes/$setup")
    found=$(/usr/bin/python3 build/kubernetes-check.py <<<"$objects") || die "$setup is not valid"
    mapfile -t options <<<"$found"
    env -i PATH=/usr/bin:/bin HOME=/nonexistent "${options[@]}" out/hutch config check >/dev/null || die "$setup has options that Hutch does not take"
    printf '%-9s %s: %s objects, %s options\n' check "$setup" "$(grep -c '^kind: ' <<<"$objects")" "${#options[@]}"
done
