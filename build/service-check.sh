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
    # The doctor finds the service without being given its configuration.
    systemd-run --quiet --wait --pipe --uid hutch --gid hutch /usr/bin/hutch doctor --quiet "${fewer[@]}" >/check/doctor.log ||
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

# program NAME LINE…: a document of a program.
program() {
    local name=$1
    shift
    printf '%s\n' "title: $name" 'version: "1"' "$@" >"/etc/hutch/programs/$name.yaml"
}

warns() { curl --silent http://127.0.0.1:8470/health/ready | grep -q "$1"; }
warns_not() { ! warns "$1"; }

# ran NAME PATTERN: a run of a program on the dataset is done, and its log has a line.
ran() {
    local run
    hutch program run "$1" checked --output "by-$1" --watch >"/check/$1.log" 2>&1 || { cat "/check/$1.log" >&2; logged hutch "the program $1 failed"; }
    run=$(hutch runs list "by-$1" --json | head -1 | sed 's/.*"id":"\([0-9a-f]*\)".*/\1/')
    hutch runs log "$run" >"/check/$1.log"
    grep -q "$2" "/check/$1.log" || { cat "/check/$1.log" >&2; die "the log of $1 has no $2"; }
}

check_programs() {
    local bounded
    mkdir -p /etc/hutch/programs
    program sizes 'command: [sh, -c, "ls -l $1 && cat /proc/self/status && echo done > $2/sizes", sh, "{input}", "{output}"]'
    program mounted 'stage: mount' 'command: [sh, -c, "cat /proc/self/mountinfo && cat $1/file > $2/copy", sh, "{input}", "{output}"]'
    program greedy 'resources: {memory: 64 MiB}' 'attempts: 1' 'command: [sh, -c, "head -c 1G /dev/zero > /tmp/full", sh, "{output}"]'
    printf '\nprograms:\n  folder: /etc/hutch/programs\n' >>/etc/hutch/hutch.yaml
    systemctl restart hutch || logged hutch "the service did not start with programs"
    # The unit alone forbids the sandbox: the server says so before a user meets it, and so does the doctor, which asks the server.
    until_true 60 warns 'program-engine-failed.*not allowed to use it' || logged hutch "the server does not warn that its sandbox fails"
    hutch doctor >/check/doctor.log 2>&1 || true
    grep -q 'not allowed to use it' /check/doctor.log || { cat /check/doctor.log >&2; die "the doctor does not ask the server for its sandbox"; }
    install -D -m 0644 /usr/share/hutch/programs.conf /etc/systemd/system/hutch.service.d/programs.conf
    systemctl daemon-reload
    systemctl restart hutch || logged hutch "the service did not start with the drop-in"
    until_true 60 warns_not program-engine-failed || logged hutch "the sandbox does not work with the drop-in"
    hutch close checked >/dev/null
    ran sizes 'NoNewPrivs'
    ran mounted 'fuse.hutch'
    bounded=$(warns program-limits && echo no || echo yes)
    if [[ $bounded == yes ]]; then
        ! hutch program run greedy checked --output by-greedy --watch >/check/greedy.log 2>&1 || die "a program used more memory than it may"
        grep -q 'more memory than its program allows' /check/greedy.log || { cat /check/greedy.log >&2; die "out of memory is not called so"; }
    fi
    check_slurm
    [[ $bounded == yes ]] && bounded=", a bound for memory" || bounded=", no bound for memory here"
    say "programs: a command, a mounted input$bounded and a job of Slurm under the service; a warning without the drop-in"
}

# A cluster of one node, this one. Its jobs are no processes of the service.
start_slurm() {
    local etc=/check/slurm/etc run=/check/slurm/run host
    host=$(hostname -s)
    mkdir -p "$etc" "$run" /check/slurm/{state,spool,log}
    chmod 755 /check /check/slurm "$run" "$etc"
    chmod 700 /check/slurm/{state,spool,log}
    cat >"$etc/slurm.conf" <<CONF
ClusterName=check
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=16817
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$run/munge.sock,cred_expire=5
CredType=cred/munge
StateSaveLocation=/check/slurm/state
SlurmdSpoolDir=/check/slurm/spool
SlurmctldPidFile=$run/slurmctld.pid
SlurmdPidFile=$run/slurmd.pid
SlurmctldLogFile=/check/slurm/log/slurmctld.log
SlurmdLogFile=/check/slurm/log/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SchedulerParameters=sched_interval=1,bf_interval=1,batch_sched_delay=0
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
ReturnToService=2
MailProg=/bin/true
SlurmdParameters=config_overrides
NodeName=$host NodeAddr=127.0.0.1 Port=16818 CPUs=4 RealMemory=16000 State=UNKNOWN
PartitionName=debug Nodes=ALL Default=YES MaxTime=INFINITE State=UP
CONF
    # Slurm resolves only the families of addresses that this machine has, and addresses of the loopback do not count.
    ip address add 192.0.2.7/32 dev lo
    head -c 1024 /dev/urandom >"$etc/munge.key"
    chmod 400 "$etc/munge.key"
    export SLURM_CONF=$etc/slurm.conf
    munged --key-file="$etc/munge.key" --socket="$run/munge.sock" --pid-file="$run/munged.pid" \
        --log-file=/check/slurm/log/munged.log --seed-file=/check/slurm/state/munged.seed --num-threads=2
    slurmctld -f "$SLURM_CONF" -c </dev/null
    slurmd -f "$SLURM_CONF" -c -N "$host" </dev/null
    until_true 60 slurm_is_idle || { tail -n 20 /check/slurm/log/*.log >&2; die "Slurm has no node"; }
}

slurm_is_idle() { [[ $(sinfo -h -o %T 2>/dev/null) == idle ]]; }

check_slurm() {
    command -v slurmctld >/dev/null || die "Slurm is not installed: apt-get install slurmctld slurmd munge"
    start_slurm
    program by-slurm 'engine: slurm' 'command: [sh, -c, "cat /proc/self/status && echo done > $1/done", sh, "{output}"]'
    install -d -o hutch -g hutch -m 700 /var/lib/hutch-slurm
    printf '  slurm:\n    folder: /var/lib/hutch-slurm\n' >>/etc/hutch/hutch.yaml
    printf '[Service]\nReadWritePaths=/var/lib/hutch-slurm\nEnvironment=SLURM_CONF=%s\n' "$SLURM_CONF" >/etc/systemd/system/hutch.service.d/slurm.conf
    systemctl daemon-reload
    systemctl restart hutch || logged hutch "the service did not start with Slurm"
    ran by-slurm 'NoNewPrivs'
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
    # Namespaces of users are not made below a root that was changed by chroot. The device is for everyone, as udev makes it.
    mknod -m 666 "$root/check/fuse" c 10 229
    mount --bind "$root/check/fuse" "$root/dev/fuse"
    mkdir "$root/check/outside"
    cd "$root"
    pivot_root . check/outside
    umount --lazy /check/outside
    exec env -i container=hutch-check /lib/systemd/systemd --unit=check.service --log-target=null
}

case "${1:-}" in
    --inside)
        install_package
        check_files
        check_unit
        check_server
        check_upgrade
        check_programs
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
