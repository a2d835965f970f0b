# shellcheck shell=bash
# A real control plane of Kubernetes on the loopback, from the source package of Debian, which has no servers of it as packages. Nodes are
# played by build/kubernetes-node.py.

kubernetes_pids=()

# build_kubernetes FOLDER: API server and controllers in FOLDER/bin; some ten minutes, once.
build_kubernetes() {
    local folder=$1 work=$1/source sources
    [[ ! -x $folder/bin/kube-controller-manager ]] || return 0
    mkdir -p "$work/lists/partial" "$work/parts" "$folder/bin"
    for sources in /etc/apt/sources.list /etc/apt/sources.list.d/debian.sources; do
        [[ ! -s $sources ]] || sed 's/^Types: deb$/Types: deb-src/; s/^deb /deb-src /' "$sources" >"$work/parts/${sources##*/}"
    done
    (
        cd "$work"
        local apt=(apt-get -qq -o Dir::Etc::sourcelist=/dev/null -o Dir::Etc::sourceparts="$work/parts" -o Dir::State::lists="$work/lists")
        "${apt[@]}" update
        "${apt[@]}" source --download-only kubernetes
        rm -rf tree && dpkg-source --no-check -x kubernetes_*.dsc tree
        # Its generators want the old layout of Go's folders.
        mkdir -p tree/.go/src/k8s.io && ln -sfn ../../.. tree/.go/src/k8s.io/kubernetes
        cd tree/.go/src/k8s.io/kubernetes
        GOPATH=$work/tree/.go GO111MODULE=off CGO_ENABLED=0 make WHAT='cmd/kube-apiserver cmd/kube-controller-manager'
    ) >"$folder/build.log" 2>&1 || { tail -n 20 "$folder/build.log" >&2; return 1; }
    mv "$work"/tree/_output/bin/kube-{apiserver,controller-manager} "$folder/bin/"
    rm -rf "$work"
}

free_port() { /usr/bin/python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

# start_kubernetes FOLDER RUN: everything in RUN, RUN/kubeconfig for clients; adds its processes to kubernetes_pids.
start_kubernetes() {
    local bin=$1/bin run=$2 etcd peer port token
    etcd=$(free_port) peer=$(free_port) port=$(free_port) token=$(openssl rand -hex 16)
    openssl genrsa -out "$run/accounts.key" 2048 2>/dev/null
    (umask 077 && echo "$token,admin,1,system:masters" >"$run/tokens.csv")
    etcd --data-dir "$run/etcd" --listen-client-urls "http://127.0.0.1:$etcd" --advertise-client-urls "http://127.0.0.1:$etcd" \
        --listen-peer-urls "http://127.0.0.1:$peer" >"$run/etcd.log" 2>&1 &
    kubernetes_pids+=($!)
    "$bin/kube-apiserver" --etcd-servers "http://127.0.0.1:$etcd" --bind-address 127.0.0.1 --secure-port "$port" --cert-dir "$run/certificates" \
        --token-auth-file "$run/tokens.csv" --authorization-mode RBAC --service-cluster-ip-range 10.96.0.0/16 \
        --service-account-issuer https://kubernetes --service-account-key-file "$run/accounts.key" \
        --service-account-signing-key-file "$run/accounts.key" >"$run/api.log" 2>&1 &
    kubernetes_pids+=($!)
    (umask 077 && cat >"$run/kubeconfig") <<K
apiVersion: v1
kind: Config
clusters: [{name: here, cluster: {server: "https://127.0.0.1:$port", certificate-authority: "$run/certificates/apiserver.crt"}}]
users: [{name: admin, user: {token: $token}}]
contexts: [{name: here, context: {cluster: here, user: admin}}]
current-context: here
K
    for _ in {1..120}; do
        KUBECONFIG=$run/kubeconfig kubectl get namespace default >/dev/null 2>&1 && break
        sleep 0.5
    done
    "$bin/kube-controller-manager" --kubeconfig "$run/kubeconfig" --leader-elect=false --port 0 --secure-port 0 \
        --service-account-private-key-file "$run/accounts.key" >"$run/controllers.log" 2>&1 &
    kubernetes_pids+=($!)
    /usr/bin/python3 "$(dirname "${BASH_SOURCE[0]}")/kubernetes-node.py" "$run/kubeconfig" >"$run/node.log" 2>&1 &
    kubernetes_pids+=($!)
}
