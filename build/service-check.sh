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

install_package() { dpkg --install /tmp/hutch.deb >/tmp/dpkg.log 2>&1 || { cat /tmp/dpkg.log >&2; die "dpkg could not install the package"; }; }

check_files() {
    local file
    [[ $(stat -c '%U %a' /var/lib/hutch) == "hutch 700" ]] || die "/var/lib/hutch is not the service's own"
    [[ $(stat -c '%U %G %a' /etc/hutch/hutch.yaml) == "root hutch 640" ]] || die "the configuration is not the service's to read"
    [[ -s /usr/share/doc/hutch/copyright && -s /usr/share/doc/hutch/dotnet-notices.txt ]] || die "the licences of what is installed are missing"
    # Systems may be set to leave manual pages out, so that the package is looked at.
    dpkg-deb --fsys-tarfile /tmp/hutch.deb | tar -t >/tmp/files
    for file in man/man1/hutch.1.gz man/man1/hutch-push.1.gz bash-completion/completions/hutch zsh/vendor-completions/_hutch \
        fish/vendor_completions.d/hutch.fish; do
        grep -q "/usr/share/$file\$" /tmp/files || die "the package lacks $file"
    done
    say "installed: $(dpkg-query -W -f '${Package} ${Version}, ${Installed-Size} kB' hutch)"
}

check_unit() {
    systemd-analyze verify /usr/lib/systemd/system/hutch.service 2>/tmp/verify.log || true
    ! grep -F hutch.service /tmp/verify.log >&2 || die "systemd does not like the unit"
    systemd-analyze security --offline=yes --threshold=20 --no-pager /usr/lib/systemd/system/hutch.service >/tmp/security.log ||
        { tail -1 /tmp/security.log >&2; die "the service may do more than it should"; }
    say "systemd: $(tail -1 /tmp/security.log | sed 's/^[^O]*//')"
}

check_server() {
    local process
    # The unit's type is notify: systemd says that it started once the server answers.
    systemctl start hutch || logged hutch "the service did not start"
    ready || logged hutch "the service started before it was ready"
    mkdir -p /tmp/person/data
    export HOME=/tmp/person
    cd /tmp/person/data
    echo content >file
    hutch login http://127.0.0.1:8470 </var/lib/hutch/admin.token >/dev/null
    hutch init --name checked >/dev/null
    hutch push --quiet >/dev/null
    rm /var/lib/hutch/admin.token
    systemd-run --quiet --wait --pipe --uid hutch --gid hutch --property LimitNOFILE=65536 --setenv HUTCH_CONFIG=/etc/hutch/hutch.yaml \
        --setenv HUTCH_SERVER__DATA=/var/lib/hutch /usr/bin/hutch doctor --quiet || die "the doctor finds something wrong with a new installation"
    process=$(process_of hutch)
    kill -KILL "$process"
    until_true 60 replaced hutch.service "$process" && until_true 60 ready || logged hutch "a killed server was not started again"
    hutch clone checked /tmp/person/after-kill --quiet >/dev/null
    cmp file /tmp/person/after-kill/file
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
    hutch clone checked /tmp/person/again --quiet >/dev/null
    grep -q content /tmp/person/again/file
    say "installed over itself: restarted; configuration and data stay"
}

# as_operator COMMAND…: a person of the instrument's computer, without a login.
as_operator() {
    setpriv --reuid operator --regid operator --init-groups env -i PATH=/usr/bin:/bin HOME=/home/operator \
        XDG_RUNTIME_DIR="/run/user/$(id -u operator)" "$@"
}

sent() { as_operator hutch list operator/session 2>/dev/null | grep -q "$1"; }

check_watch() {
    local process unit
    useradd --create-home operator
    systemctl start dbus systemd-logind
    # An administrator allows services without a login, once.
    loginctl enable-linger operator || die "there are no services of people here"
    until_true 30 test -S "/run/user/$(id -u operator)/systemd/private" || die "systemd started nothing for a person"
    hutch user create operator --quiet | as_operator hutch login http://127.0.0.1:8470 >/dev/null
    as_operator mkdir -p /home/operator/EPU
    as_operator hutch push --watch /home/operator/EPU --to operator/session --quiet-for 1s --install-service >/tmp/watch.log ||
        { cat /tmp/watch.log >&2; die "the service of the folder was not installed"; }
    unit=$(basename "$(echo /home/operator/.config/systemd/user/*.service)")
    as_operator tee /home/operator/EPU/first.mrc </tmp/files >/dev/null
    until_true 60 sent first.mrc || logged "user@$(id -u operator)" "the service sent nothing"
    process=$(as_operator systemctl --user show --property MainPID --value "$unit")
    [[ $(ps -o ni= -p "$process" | tr -d ' ') == 19 ]] || die "the service has not the lowest priority"
    kill -KILL "$process"
    # As when the machine starts.
    systemctl restart "user@$(id -u operator)"
    as_operator tee /home/operator/EPU/second.mrc </tmp/files >/dev/null
    until_true 60 sent second.mrc || die "the service sent nothing after a restart"
    as_operator hutch push --watch /home/operator/EPU --remove-service >/dev/null
    ! as_operator systemctl --user is-active --quiet "$unit" || die "a removed service runs"
    say "hutch push --watch as a service: installed, sent a file, killed, started with the machine, sent another, removed"
}

check_removal() {
    dpkg --remove hutch >/tmp/dpkg.log 2>&1 && dpkg --purge hutch >>/tmp/dpkg.log 2>&1 || { cat /tmp/dpkg.log >&2; die "dpkg could not remove the package"; }
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
    cp "$work"/{hutch.deb,check.sh} "$root/tmp/"
    cat >"$root/etc/systemd/system/check.service" <<'UNIT'
[Unit]
DefaultDependencies=no
[Service]
Type=oneshot
ExecStart=/bin/bash -c '/bin/bash /tmp/check.sh --inside; exec systemctl exit --force $?'
StandardOutput=append:/check.log
StandardError=append:/check.log
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
        mkdir "$work"/{upper,work,root}
        cp "${debs[0]}" "$work/hutch.deb"
        cp build/service-check.sh "$work/check.sh"
        : >"$work/upper/check.log"
        own_group $$
        status=0
        unshare --mount --pid --net --cgroup --ipc --uts --fork --kill-child bash "$work/check.sh" --boot "$work" || status=$?
        cat "$work/upper/check.log"
        exit "$status"
        ;;
esac
