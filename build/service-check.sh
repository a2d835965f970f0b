#!/usr/bin/env bash
# Installs the Debian package for real, and systemd runs it: the server's unit and the user unit of `hutch push --watch` are started, killed, started
# again, upgraded, removed. systemd is process 1 of namespaces of its own, over an overlay of this machine's file system, which is gone afterwards: nothing
# is installed here. Needs root, overlayfs and systemd. Part of package-check.sh.
set -euo pipefail

say() { printf '%-9s %s\n' check "$*"; }
die() { printf 'service-check: %s\n' "$*" >&2; exit 1; }

# ---- Inside: a one-shot unit of the systemd that was started for it.

# logged UNIT MESSAGE: fails with what the unit wrote.
logged() {
    systemctl status "$1" --no-pager --lines=20 >&2 || true
    die "$2"
}

ready() { curl --silent --fail http://127.0.0.1:8470/health/ready >/dev/null; }

# until_true SECONDS COMMAND…
until_true() {
    local end=$((SECONDS + $1))
    shift
    until "$@"; do
        ((SECONDS < end)) || return 1
        sleep 0.1
    done
}

process_of() { systemctl show --property MainPID --value "$@"; }

# replaced UNIT OLD [OPTION]: another process runs the unit.
replaced() {
    local now
    now=$(process_of "$1" "${@:3}")
    [[ $now != 0 && $now != "$2" ]]
}

install_package() { dpkg --install /check/hutch.deb >/check/dpkg.log 2>&1 || { cat /check/dpkg.log >&2; die "dpkg could not install the package"; }; }

check_files() {
    local file
    [[ $(stat -c '%U %a' /var/lib/hutch) == "hutch 700" ]] || die "/var/lib/hutch is not the service's own"
    [[ $(stat -c '%U %G %a' /etc/hutch/hutch.yaml) == "root hutch 640" ]] || die "the configuration is not the service's to read"
    [[ -s /usr/share/doc/hutch/copyright && -s /usr/share/doc/hutch/dotnet-notices.txt ]] || die "the licences of what is installed are missing"
    # Systems may be set to leave manual pages out, so that the package is looked at.
    dpkg-deb --fsys-tarfile /check/hutch.deb | tar -t >/check/files
    for file in man/man1/hutch.1.gz man/man1/hutch-push.1.gz bash-completion/completions/hutch zsh/vendor-completions/_hutch \
        fish/vendor_completions.d/hutch.fish; do
        grep -q "/usr/share/$file\$" /check/files || die "the package lacks $file"
    done
    say "installed: $(dpkg-query -W -f '${Package} ${Version}, ${Installed-Size} kB' hutch)"
}

check_unit() {
    systemd-analyze verify /usr/lib/systemd/system/hutch.service 2>/check/verify.log || true
    ! grep -F hutch.service /check/verify.log >&2 || die "systemd does not like the unit"
    systemd-analyze security --offline=yes --threshold=20 --no-pager /usr/lib/systemd/system/hutch.service >/check/security.log ||
        { tail -1 /check/security.log >&2; die "the service may do more than it should"; }
    say "systemd: $(tail -1 /check/security.log | sed 's/^[^O]*//')"
}

check_server() {
    local process fewer=()
    systemctl start dbus systemd-logind
    # The unit's type is notify: systemd says that it started once the server answers.
    systemctl start hutch || logged hutch "the service did not start"
    ready || logged hutch "the service started before it was ready"
    mkdir -p /check/person/data
    export HOME=/check/person
    cd /check/person/data
    echo content >file
    hutch login http://127.0.0.1:8470 </var/lib/hutch/admin.token >/dev/null
    hutch init --name checked >/dev/null
    hutch push --quiet >/dev/null
    rm /var/lib/hutch/admin.token
    # Where this machine allows fewer open files than the unit asks for, fewer connections are configured, so that the rest is examined.
    (ulimit -n 65536) 2>/dev/null || fewer=(--set api.maxConnections=1000 --set s3.maxConnections=1000)
    systemd-run --quiet --wait --pipe --uid hutch --gid hutch --property LimitNOFILE=65536 --setenv HUTCH_CONFIG=/etc/hutch/hutch.yaml \
        --setenv HUTCH_SERVER__DATA=/var/lib/hutch /usr/bin/hutch doctor --quiet "${fewer[@]}" >/check/doctor.log ||
        { cat /check/doctor.log >&2; die "the doctor finds something wrong with a new installation"; }
    process=$(process_of hutch)
    kill -KILL "$process"
    until_true 60 replaced hutch.service "$process" && until_true 60 ready || logged hutch "a killed server was not started again"
    hutch clone checked /check/person/after-kill --quiet >/dev/null
    cmp file /check/person/after-kill/file
    systemctl stop hutch || logged hutch "the service did not stop"
    [[ $(systemctl show --property Result --value hutch) == success ]] || logged hutch "the service did not end well"
    say "served: pushed to, examined, killed and started again, stopped"
}

check_upgrade() {
    sed -i 's/8470/8470\n  name: changed-by-hand/' /etc/hutch/hutch.yaml
    systemctl start hutch
    local process
    process=$(process_of hutch)
    install_package
    grep -q changed-by-hand /etc/hutch/hutch.yaml || die "the configuration was overwritten"
    replaced hutch.service "$process" || logged hutch "an upgrade did not restart the service"
    until_true 60 ready || logged hutch "the service was not ready after an upgrade"
    cd /
    hutch clone checked /check/person/again --quiet >/dev/null
    grep -q content /check/person/again/file
    say "installed over itself: restarted; configuration and data stay"
}

# as_instrument COMMAND…: a person of the instrument's computer, without a login.
as_instrument() {
    setpriv --reuid instrument --regid instrument --init-groups env -i PATH=/usr/bin:/bin HOME=/home/instrument \
        XDG_RUNTIME_DIR="/run/user/$(id -u instrument)" "$@"
}

sent() { as_instrument hutch list instrument/session 2>/dev/null | grep -q "$1"; }

check_watch() {
    local process unit
    useradd --create-home instrument
    # An administrator allows services without a login, once.
    loginctl enable-linger instrument || die "there are no services of people here"
    until_true 30 test -S "/run/user/$(id -u instrument)/systemd/private" || die "systemd started nothing for a person"
    hutch user create instrument --quiet | as_instrument hutch login http://127.0.0.1:8470 >/dev/null
    as_instrument mkdir -p /home/instrument/EPU
    as_instrument hutch push --watch /home/instrument/EPU --to instrument/session --quiet-for 1s --install-service >/check/watch.log ||
        { cat /check/watch.log >&2; die "the service of the folder was not installed"; }
    unit=$(basename "$(echo /home/instrument/.config/systemd/user/*.service)")
    as_instrument tee /home/instrument/EPU/first.mrc </check/files >/dev/null
    until_true 180 sent first.mrc || logged "user@$(id -u instrument)" "the service sent nothing"
    process=$(as_instrument systemctl --user show --property MainPID --value "$unit")
    [[ $(ps -o ni= -p "$process" | tr -d ' ') == 19 ]] || die "the service has not the lowest priority"
    kill -KILL "$process"
    # As when the machine starts.
    systemctl restart "user@$(id -u instrument)"
    as_instrument tee /home/instrument/EPU/second.mrc </check/files >/dev/null
    until_true 180 sent second.mrc || { as_instrument systemctl --user status "$unit" --no-pager >&2; die "the service sent nothing after a restart"; }
    as_instrument hutch push --watch /home/instrument/EPU --remove-service >/dev/null
    ! as_instrument systemctl --user is-active --quiet "$unit" || die "a removed service runs"
    say "hutch push --watch as a service: installed, sent a file, killed, started with the machine, sent another, removed"
}

check_removal() {
    dpkg --remove hutch >/check/dpkg.log 2>&1 && dpkg --purge hutch >>/check/dpkg.log 2>&1 || { cat /check/dpkg.log >&2; die "dpkg could not remove the package"; }
    ! systemctl is-active --quiet hutch || die "a removed service runs"
    [[ -s /var/lib/hutch/zone.db && ! -e /usr/bin/hutch && ! -e /etc/hutch/hutch.yaml ]] || die "removed is not what should be, or too much"
    say "removed and purged: the data stay"
}

# ---- Outside: namespaces with a systemd.

# own_group: moves this process to a control group of its own, in which the new systemd makes its groups.
own_group() {
    local hierarchy
    for hierarchy in /sys/fs/cgroup /sys/fs/cgroup/systemd /sys/fs/cgroup/unified; do
        [[ -e $hierarchy/cgroup.procs ]] || continue
        mkdir -p "$hierarchy/hutch-check-$1"
        echo "$1" >"$hierarchy/hutch-check-$1/cgroup.procs"
    done
}

# boot FOLDER: in new namespaces; the overlay, and systemd in it.
boot() {
    local work=$1 root=$1/root groups=$1/root/sys/fs/cgroup
    mount -t overlay overlay -o "lowerdir=/,upperdir=$work/upper,workdir=$work/work" "$root"
    mount -t proc proc "$root/proc"
    mount -t sysfs sysfs "$root/sys" -o ro
    if [[ -e /sys/fs/cgroup/cgroup.procs ]]; then
        mount -t cgroup2 cgroup2 "$groups"
    else
        mount -t tmpfs tmpfs "$groups"
        mkdir "$groups"/{systemd,unified}
        mount -t cgroup -o none,name=systemd cgroup "$groups/systemd"
        mount -t cgroup2 cgroup2 "$groups/unified"
    fi
    mount --rbind /dev "$root/dev"
    mount -t tmpfs tmpfs "$root/tmp" -o mode=1777
    mount -t tmpfs tmpfs "$root/run"
    cat >"$root/etc/systemd/system/check.service" <<'UNIT'
[Unit]
DefaultDependencies=no
[Service]
Type=oneshot
ExecStart=/bin/bash -c '/bin/bash /check/check.sh --inside; exec systemctl exit --force $?'
StandardOutput=append:/check/log
StandardError=append:/check/log
UNIT
    exec chroot "$root" env -i container=hutch-check /lib/systemd/systemd --unit=check.service --log-target=null
}

case "${1:-}" in
    --inside)
        install_package
        check_files
        check_unit
        check_server
        check_upgrade
        check_watch
        check_removal
        ;;
    --boot) boot "$2" ;;
    *)
        cd "$(dirname "${BASH_SOURCE[0]}")/.."
        ((EUID == 0)) || die "root is needed, for an overlay in which the package is installed"
        [[ -x /lib/systemd/systemd ]] || die "systemd is not installed: apt-get install systemd"
        debs=(out/packages/hutch_*_amd64.deb)
        [[ -e ${debs[0]} ]] || die "there is no package in out/packages: ./run package makes it"
        work=$(mktemp -d)
        trap 'rm -rf "$work"; rmdir /sys/fs/cgroup{,/systemd,/unified}/hutch-check-$$ 2>/dev/null || true' EXIT
        # The files of the check are not in /tmp, which systemd empties.
        mkdir -p "$work"/{work,root,upper/check}
        cp "${debs[0]}" "$work/upper/check/hutch.deb"
        cp build/service-check.sh "$work/upper/check/check.sh"
        own_group $$
        status=0
        unshare --mount --pid --net --cgroup --ipc --uts --fork --kill-child bash build/service-check.sh --boot "$work" || status=$?
        cat "$work/upper/check/log" || true
        exit "$status"
        ;;
esac
