#!/usr/bin/env bash
# Checks the manifests of deploy/kubernetes: both setups are put together by kustomize, and every object is compared with the types of the
# Kubernetes API in Debian's python3-kubernetes. Unknown, missing or mistyped fields are errors; so are names and selectors that
# lead nowhere, and options that out/hutch does not know.
#
#   ./run build && build/kubernetes-check.sh        (kustomize or kubectl, and python3-kubernetes)
#
# With --cluster, a control plane from Debian's source also takes the manifests, and programs run as its jobs; needs kubectl, golang-go, etcd-server,
# dpkg-dev, openssl, and a build of the tests. Its build is kept in out/kubernetes.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source build/kubernetes-cluster.sh

die() { printf 'kubernetes-check: %s\n' "$*" >&2; exit 1; }

put_together() { if command -v kustomize >/dev/null; then kustomize build "$1"; else kubectl kustomize "$1"; fi; }

check_types() {
    local setup objects found options secret=(PGPASSWORD=a AWS_ACCESS_KEY_ID=b AWS_SECRET_ACCESS_KEY=c) # as several-servers has them
    for setup in one-server several-servers; do
        objects=$(put_together "deploy/kubernetes/$setup")
        found=$(/usr/bin/python3 build/kubernetes-check.py <<<"$objects") || die "$setup is not valid"
        mapfile -t options <<<"$found"
        env -i PATH=/usr/bin:/bin HOME=/nonexistent "${secret[@]}" "${options[@]}" out/hutch config check >/dev/null || die "$setup has options that Hutch does not take"
        printf '%-9s %s: %s objects, %s options\n' check "$setup" "$(grep -c '^kind: ' <<<"$objects")" "${#options[@]}"
    done
}

# Disruption budgets had another version before Kubernetes 1.21.
check_cluster() {
    local setup folder=$PWD/out/kubernetes tests=tests/Hutch.EndToEnd.Tests/bin/Release/net10.0/Hutch.EndToEnd.Tests
    [[ -x $tests ]] || die "there is no $tests: dotnet build -c Release tests/Hutch.EndToEnd.Tests makes it"
    mkdir -p "$folder"
    build_kubernetes "$folder" || die "Kubernetes could not be built: $folder/build.log"
    run=$(mktemp -d)
    trap 'kill "${kubernetes_pids[@]}" 2>/dev/null || true; wait; rm -rf "$run"' EXIT
    start_kubernetes "$folder" "$run"
    export KUBECONFIG=$run/kubeconfig
    for setup in one-server several-servers; do
        put_together "deploy/kubernetes/$setup" | sed 's|policy/v1$|policy/v1beta1|' | kubectl apply --dry-run=server -f - || die "$setup was refused"
    done
    kubectl create namespace hutch
    HUTCH_EXECUTABLE=$PWD/out/hutch HUTCH_TEST_KUBECONFIG=$KUBECONFIG "$tests" -method '*EngineTests.A_job_of_an_engine_by_four_commands*'
}

command -v kustomize >/dev/null || command -v kubectl >/dev/null || die "neither kustomize nor kubectl is installed"
[[ -x out/hutch ]] || die "there is no out/hutch: ./run build makes it"
check_types
[[ ${1:-} != --cluster ]] || check_cluster
