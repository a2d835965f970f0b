#!/usr/bin/env bash
# Installs the Debian package for real, runs the service as the unit says, uses it, upgrades it over itself, removes and purges it. All of that happens
# in an overlay of this machine's own file system, which is gone afterwards: nothing is installed here. Needs root and overlayfs. Part of package-check.sh.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

say() { printf '%-9s %s\n' check "$*"; }
die() { printf 'service-check: %s\n' "$*" >&2; exit 1; }

# unit_value NAME: the values of a setting of the installed unit, a line each.
unit_value() { sed -n "s/^$1=//p" /usr/lib/systemd/system/hutch.service; }

# become_service COMMAND…: goes on as what systemd would start: the unit's user, its environment, its limits, and nothing else.
become_service() {
    local -a environment
    read -ra environment <<<"$(unit_value Environment)"
    ulimit -n "$(unit_value LimitNOFILE)" 2>/dev/null || ulimit -n "$(ulimit -Hn)"
    umask "$(unit_value UMask)"
    cd /
    exec setpriv --reuid hutch --regid hutch --init-groups --no-new-privs --bounding-set=-all \
        env -i PATH=/usr/bin:/bin HOME=/var/lib/hutch "${environment[@]}" "$@"
}

as_service() { (become_service "$@"); }

wait_ready() {
    for _ in $(seq 300); do
        curl --silent --fail http://127.0.0.1:8470/health/ready >/dev/null && return
        sleep 0.1
    done
    cat /tmp/hutch.log >&2
    die "the service was not ready after 30 s"
}

start_service() {
    local -a before start
    read -ra before <<<"$(unit_value ExecStartPre)"
    read -ra start <<<"$(unit_value ExecStart)"
    as_service "${before[@]}" >/dev/null
    become_service "${start[@]}" >/tmp/hutch.log 2>&1 &
    service=$!
    wait_ready
}

stop_service() {
    kill -TERM "$service"
    wait "$service" || die "the service ended with $? on SIGTERM"
}

# Inside the overlay, in a network of its own, so that the port is free.
check_inside() {
    local deb=$1 token
    ip link set lo up 2>/dev/null || true
    dpkg --install "$deb" >/tmp/dpkg.log 2>&1 || { cat /tmp/dpkg.log >&2; die "dpkg could not install the package"; }
    [[ $(stat -c '%U %a' /var/lib/hutch) == "hutch 700" ]] || die "/var/lib/hutch is not the service's own"
    [[ $(stat -c '%U %G %a' /etc/hutch/hutch.yaml) == "root hutch 640" ]] || die "the configuration is not the service's to read"
    [[ -s /usr/share/doc/hutch/copyright && -s /usr/share/doc/hutch/dotnet-notices.txt ]] || die "the licences of what is installed are missing"
    # Systems may be set to leave manual pages out, so that the package is looked at.
    dpkg-deb --fsys-tarfile "$deb" | tar -t >/tmp/files
    for file in man/man1/hutch.1.gz man/man1/hutch-push.1.gz bash-completion/completions/hutch zsh/vendor-completions/_hutch \
        fish/vendor_completions.d/hutch.fish; do
        grep -q "/usr/share/$file\$" /tmp/files || die "the package lacks $file"
    done
    say "installed: $(dpkg-query -W -f '${Package} ${Version}, ${Installed-Size} kB' hutch)"

    if command -v systemd-analyze >/dev/null; then
        systemd-analyze verify /usr/lib/systemd/system/hutch.service 2>/tmp/verify.log || true
        grep -F hutch.service /tmp/verify.log >&2 && die "systemd does not like the unit"
        systemd-analyze security --offline=yes --threshold=20 --no-pager /usr/lib/systemd/system/hutch.service >/tmp/security.log ||
            { tail -1 /tmp/security.log >&2; die "the service may do more than it should"; }
        say "systemd: $(tail -1 /tmp/security.log | sed 's/^[^O]*//')"
    else
        say "systemd-analyze is not installed: the unit was not looked at"
    fi

    install -d -o hutch -g hutch /var/cache/hutch
    start_service
    token=$(cat /var/lib/hutch/admin.token)
    export HOME=/tmp/person
    mkdir -p "$HOME/data" && cd "$HOME/data" && echo content >file
    hutch login http://127.0.0.1:8470 <<<"$token" >/dev/null
    hutch init --name checked >/dev/null && hutch push --quiet >/dev/null
    rm /var/lib/hutch/admin.token
    # Where this machine allows fewer open files than the unit asks for, fewer connections are configured, so that the rest is looked at.
    local -a fewer=()
    (ulimit -n "$(unit_value LimitNOFILE)") 2>/dev/null || fewer=(--set api.maxConnections=1000 --set s3.maxConnections=1000)
    as_service /usr/bin/hutch doctor --quiet "${fewer[@]}" || die "the doctor finds something wrong with a new installation"
    stop_service
    say "served: pushed to, looked at, stopped by SIGTERM"

    sed -i 's/8470/8470\n  name: changed-by-hand/' /etc/hutch/hutch.yaml
    dpkg --install "$deb" >/tmp/dpkg.log 2>&1 || { cat /tmp/dpkg.log >&2; die "dpkg could not install the package over itself"; }
    grep -q changed-by-hand /etc/hutch/hutch.yaml || die "the configuration was overwritten"
    start_service
    cd / && hutch clone checked "$HOME/again" --quiet >/dev/null && grep -q content "$HOME/again/file"
    stop_service
    say "installed over itself: configuration and data stay"

    dpkg --remove hutch >/tmp/dpkg.log 2>&1 && dpkg --purge hutch >>/tmp/dpkg.log 2>&1 || { cat /tmp/dpkg.log >&2; die "dpkg could not remove the package"; }
    [[ -s /var/lib/hutch/zone.db && ! -e /usr/bin/hutch && ! -e /etc/hutch/hutch.yaml ]] || die "removed is not what should be, or too much"
    say "removed and purged: the data stay"
}

if [[ ${1:-} == --inside ]]; then
    check_inside "$2"
    exit
fi

((EUID == 0)) || die "root is needed, for an overlay in which the package is installed"
debs=(out/packages/hutch_*_amd64.deb)
[[ -e ${debs[0]} ]] || die "there is no package in out/packages: ./run package makes it"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work"/{upper,work,root}
cp "${debs[0]}" "$work/hutch.deb"
cp "${BASH_SOURCE[0]}" "$work/check.sh" 2>/dev/null || cp build/service-check.sh "$work/check.sh"
# Everything is undone with the namespaces: mounts, processes, network.
unshare --mount --pid --net --fork --kill-child bash -euo pipefail -c '
    work=$1
    mount -t overlay overlay -o "lowerdir=/,upperdir=$work/upper,workdir=$work/work" "$work/root"
    mount -t proc proc "$work/root/proc"
    mount --rbind /dev "$work/root/dev"
    mount -t tmpfs tmpfs "$work/root/tmp" -o mode=1777
    mount -t tmpfs tmpfs "$work/root/run"
    cp "$work/hutch.deb" "$work/check.sh" "$work/root/tmp/"
    exec chroot "$work/root" /bin/bash /tmp/check.sh --inside /tmp/hutch.deb' - "$work"
