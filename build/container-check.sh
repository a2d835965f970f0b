#!/usr/bin/env bash
# Builds the container image of deploy/container without a registry and runs it: the base comes from Debian's archive by debootstrap, the image
# is built by Debian's buildah. All of that happens in an overlay of this machine's own file system, which is gone afterwards, and needs root,
# overlayfs and a way to a Debian mirror.
#
#   ./run build && sudo build/container-check.sh
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

say() { printf '%-9s %s\n' check "$*"; }
die() { printf 'container-check: %s\n' "$*" >&2; exit 1; }

# An overlay on an overlay is not supported, so that images are plain folders.
image() { buildah --storage-driver vfs --root /var/images --runroot /run/images "$@"; }

check_inside() {
    export DEBIAN_FRONTEND=noninteractive BUILDAH_ISOLATION=chroot
    cd /tmp/context
    { apt-get update && apt-get install --yes --no-install-recommends buildah debootstrap; } >/tmp/apt.log 2>&1 || { tail -5 /tmp/apt.log >&2; die "buildah could not be installed"; }
    local mirror base container
    mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | head -1 || true)
    debootstrap --variant=minbase bookworm /var/base "${mirror:-http://deb.debian.org/debian}" >/tmp/debootstrap.log 2>&1 || { tail -5 /tmp/debootstrap.log >&2; die "debootstrap made no base"; }
    cp /etc/resolv.conf /var/base/etc/ 2>/dev/null || true
    cp -r /etc/apt/. /var/base/etc/apt/
    base=$(image from scratch)
    image copy --quiet "$base" /var/base / >/dev/null
    image commit --quiet "$base" localhost/base >/dev/null
    say "base: Debian $(cat /var/base/etc/debian_version), by debootstrap"

    image build --quiet --build-arg BASE=localhost/base -f deploy/container/Containerfile -t hutch . >/tmp/image.log 2>&1 || { tail -20 /tmp/image.log >&2; die "the image was not built"; }
    say "image: $(image inspect --type image --format '{{.OCIv1.Config.User}} {{.OCIv1.Config.Entrypoint}} {{.OCIv1.Config.Cmd}}' hutch)"
    container=$(image from hutch)
    image run --user hutch "$container" -- /usr/bin/hutch serve >/tmp/hutch.log 2>&1 &
    for _ in $(seq 300); do
        curl --silent --fail http://127.0.0.1:8470/health/ready >/dev/null && break
        sleep 0.1
    done
    [[ $(curl --silent http://127.0.0.1:8470/health/ready) == ready* ]] || { cat /tmp/hutch.log >&2; die "the container was not ready after 30 s"; }
    say "served from the container: $(curl --silent http://127.0.0.1:8470/api/v1/)"
}

if [[ ${1:-} == --inside ]]; then
    check_inside
    exit
fi

((EUID == 0)) || die "root is needed, for an overlay in which the image is built"
[[ -x out/hutch && -f out/dotnet-notices.txt ]] || die "there is no out/hutch: ./run build makes it"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work"/{upper,work,root,context/out,context/deploy}
cp out/hutch out/dotnet-notices.txt "$work/context/out/"
cp LICENSE NOTICE "$work/context/"
cp -r deploy/container "$work/context/deploy/"
cp build/container-check.sh "$work/context/check.sh"
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
