#!/usr/bin/env bash
# Builds the container image of deploy/container without a registry and runs it: the base comes from Debian's archive by debootstrap, the image
# is built by Debian's buildah. Debian's Caddy is the proxy of compose.yaml, and a client logs in through it. All of that happens in an overlay
# of this machine's own file system, which is gone afterwards, and needs root, overlayfs and a way to a Debian mirror.
#
#   ./run build && sudo build/container-check.sh
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

say() { printf '%-9s %s\n' check "$*"; }
die() { printf 'container-check: %s\n' "$*" >&2; exit 1; }

HUTCH_ROOTS=/var/roots
[[ ${1:-} != --inside ]] || source /tmp/context/build/roots.sh

# An overlay on an overlay is not supported, so that images are plain folders.
image() { buildah --storage-driver vfs --root /var/images --runroot /run/images "$@"; }

# install_tools: what builds images and reads compose files, of the distribution of this machine.
install_tools() {
    { apt-get update && apt-get install --yes --no-install-recommends buildah caddy debootstrap docker-compose iproute2; } >/tmp/apt.log 2>&1 ||
        { tail -5 /tmp/apt.log >&2; die "the tools could not be installed"; }
    docker-compose --file deploy/container/compose.yaml config --quiet || die "compose.yaml is not valid"
    HUTCH_HOST=localhost HUTCH_UPSTREAM=hutch:8470 caddy validate --adapter caddyfile --config deploy/container/Caddyfile >/tmp/caddy.log 2>&1 ||
        { tail -5 /tmp/caddy.log >&2; die "the Caddyfile is not valid"; }
    say "compose.yaml and Caddyfile: valid for docker-compose $(docker-compose version --short) and Caddy $(caddy version)"
}

# make_base: localhost/base, from the mirror that this machine uses.
make_base() {
    local base
    debian_root trixie
    base=$(image from scratch)
    image copy --quiet "$base" "$roots/trixie" / >/dev/null
    image commit --quiet "$base" localhost/base >/dev/null
    say "base: Debian $(cat "$roots/trixie/etc/debian_version"), by debootstrap"
}

# wait_for URL OPTION…: until it answers, 30 s at most.
wait_for() {
    for _ in $(seq 300); do
        curl --silent --fail "$@" >/dev/null && return
        sleep 0.1
    done
    cat /tmp/hutch.log /tmp/caddy.log >&2
    die "no answer from $1 within 30 s"
}

# In a network of its own, so that all ports are free: the server in its container, Caddy before it, and a client.
check_served() {
    local container authority=/tmp/proxy/caddy/pki/authorities/local/root.crt server
    ip link set lo up
    container=$(image from hutch)
    image run --user hutch --env HUTCH_SERVER__PUBLIC_URL=https://localhost "$container" -- /usr/bin/hutch serve >/tmp/hutch.log 2>&1 &
    wait_for http://127.0.0.1:8470/health/ready
    say "served from the container: $(curl --silent http://127.0.0.1:8470/api/v1/)"

    HOME=/tmp/proxy XDG_DATA_HOME=/tmp/proxy HUTCH_HOST=localhost HUTCH_UPSTREAM=127.0.0.1:8470 \
        caddy run --adapter caddyfile --config deploy/container/Caddyfile >/tmp/caddy.log 2>&1 &
    for _ in $(seq 100); do [[ -s $authority ]] && break; sleep 0.1; done
    wait_for https://localhost/health/ready --cacert "$authority"
    server=$(pgrep --full --oldest '^/usr/bin/hutch serve')
    [[ $(stat -c %u "/proc/$server") == 10470 ]] || die "the server runs as user $(stat -c %u "/proc/$server")"
    export HOME=/tmp/person
    mkdir -p "$HOME/data" && cd "$HOME/data" && echo content >file
    /tmp/context/out/hutch login https://localhost --ca "$authority" <"/proc/$server/root/data/admin.token" >/tmp/login.log 2>&1 || { cat /tmp/login.log >&2; die "no login through the proxy"; }
    /tmp/context/out/hutch init --name checked >/dev/null && /tmp/context/out/hutch push --quiet >/dev/null || die "no push through the proxy"
    say "logged in and pushed through the proxy: $(/tmp/context/out/hutch list | tail -1)"
}

check_inside() {
    export DEBIAN_FRONTEND=noninteractive BUILDAH_ISOLATION=chroot
    cd /tmp/context
    install_tools
    make_base
    image build --quiet --build-arg BASE=localhost/base -f deploy/container/Containerfile -t hutch . >/tmp/image.log 2>&1 || { tail -20 /tmp/image.log >&2; die "the image was not built"; }
    say "image: $(image inspect --type image --format '{{.OCIv1.Config.User}} {{.OCIv1.Config.Entrypoint}} {{.OCIv1.Config.Cmd}}' hutch)"
    unshare --net bash "$0" --served
}

if [[ ${1:-} == --served ]]; then
    cd /tmp/context
    check_served
    exit
fi

if [[ ${1:-} == --inside ]]; then
    check_inside
    exit
fi

((EUID == 0)) || die "root is needed, for an overlay in which the image is built"
[[ -x out/hutch && -f out/dotnet-notices.txt ]] || die "there is no out/hutch: ./run build makes it"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work"/{upper,work,root,context/out,context/deploy,context/build}
cp out/hutch out/dotnet-notices.txt "$work/context/out/"
cp LICENSE NOTICE "$work/context/"
cp -r deploy/container "$work/context/deploy/"
cp build/container-check.sh "$work/context/check.sh"
cp build/roots.sh "$work/context/build/"
# The network stays the machine's, for the packages; the processes and mounts are gone with the namespaces.
unshare --mount --pid --fork --kill-child bash -euo pipefail -c '
    work=$1
    mount -t overlay overlay -o "lowerdir=/,upperdir=$work/upper,workdir=$work/work" "$work/root"
    mount -t proc proc "$work/root/proc"
    mount --rbind /dev "$work/root/dev"
    mount -t tmpfs tmpfs "$work/root/run"
    mkdir -p "$work/root/tmp/context" && cp -r "$work/context/." "$work/root/tmp/context/"
    exec chroot "$work/root" /bin/bash /tmp/context/check.sh --inside' - "$work"
say "done: nothing was installed on this machine"
