#!/usr/bin/env bash
# Installs the packages of out/packages for real, uses the installed programs, and removes them:
# - the Debian package in an overlay of this machine's own file system, as the service that its unit describes;
# - the tarballs of the executable and the client, the Debian and the RPM package in bare systems: Debian 11, 12 and 13;
# - the tarballs for ARM under emulation;
# - the client for Windows under Wine.
# Nothing is installed on this machine. Needs root, overlayfs and a Debian mirror.
#
#   ./run package --check          or, with the packages in out/packages:  sudo build/package-check.sh [PART …]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source build/common.sh
source build/roots.sh

packages=$out/packages
say() { printf '%-9s %s\n' check "$*"; }
die() { printf 'package-check: %s\n' "$*" >&2; exit 1; }

# ---- What runs inside a system: functions that use nothing of this file but each other.

fail() { printf 'package-check: %s\n' "$*" >&2; exit 1; }

# ready PORT LOG: waits until a server answers; a bare system has no curl.
ready() {
    local try
    for try in $(seq 600); do
        { printf 'GET /health/ready HTTP/1.0\r\n\r\n' >&3 && grep -q '^HTTP/1.1 200' <&3; } 3<>"/dev/tcp/127.0.0.1/$1" 2>/dev/null && return
        sleep 0.2
    done 2>/dev/null
    cat "$2" >&2
    fail "the server was not ready after two minutes"
}

# serve PORT: starts a server on the data of this check; its process is $server.
serve() {
    "${program[@]}" serve --data "$work/data" --http "127.0.0.1:$1" >"$work/server.log" 2>&1 &
    server=$!
    ready "$1" "$work/server.log"
}

stop() { kill -TERM "$server" && wait "$server" || fail "the server ended with $? on SIGTERM"; }

# quietly COMMAND…: all output when it fails.
quietly() { "$@" >"$work/command.log" 2>&1 || { cat "$work/command.log" >&2; fail "${*:1:4} failed"; }; }

# use PORT COMMAND…: the main job with a hutch: a server on a fresh folder, files there and back, a restart in between. COMMAND is the program, with what
# runs it; $client, if it is set, another one for all but the server.
use() {
    local port=$1
    program=("${@:2}")
    [[ -v client ]] || client=("${program[@]}")
    hutch() { "${client[@]}" "$@"; }
    work=$(mktemp -d)
    export HOME=$work/home
    mkdir -p "$HOME" "$work/folder/scan µ"
    head -c 3000017 /dev/urandom >"$work/folder/scan µ/frames.bin"
    printf '{"note": "%s"}' "$(head -c 30000 /dev/urandom | base64 -w0)" >"$work/metadata.json"
    serve "$port"
    quietly hutch login "http://127.0.0.1:$port" <"$work/data/admin.token"
    cd "$work/folder"
    quietly hutch init --name scan
    quietly hutch push
    quietly hutch metadata set scan "$work/metadata.json"
    stop
    serve "$port"
    quietly hutch close scan -m measured
    quietly hutch derive scan --name derived --copy
    quietly hutch clone derived "$work/derived"
    cd "$work/derived"
    quietly hutch verify
    cmp "$work/folder/scan µ/frames.bin" "$work/derived/scan µ/frames.bin" || fail "a file came back with other bytes"
    [[ $(hutch metadata get scan | wc -c) -gt 30000 ]] || fail "metadata are lost"
}

# frames: the rest of the main job, with a detector's file, which needs HDF5.
frames() {
    cd "$work"
    quietly hutch simulate dataset beamtime/lysozyme --images 5
    quietly hutch ingest beamtime/lysozyme_master.h5 lysozyme
    quietly hutch analyse lysozyme
    quietly hutch info lysozyme-spots
}

# bare_tarball PORT: the executable alone, then HDF5 as the doctor advises.
bare_tarball() {
    use "$1" /tmp/hutch
    local advice
    # A pattern, as each distribution has another version of it.
    advice=$(hutch doctor --data "$work/data" 2>&1 | grep -o "apt-get install '[^']*hdf5[^']*'" | head -1 || true)
    [[ -n $advice ]] || fail "the doctor names no package for HDF5"
    { apt-get update && eval "DEBIAN_FRONTEND=noninteractive $advice --yes --no-install-recommends"; } >/tmp/apt.log 2>&1 ||
        { tail -5 /tmp/apt.log >&2; fail "$advice"; }
    stop
    serve "$1"
    frames
    stop
    dpkg-query --show --showformat='${Package} ${Version}' 'libhdf5-[0-9]*'
}

# bare_client PORT: the client from its archive, with a server from the executable; HDF5 is there.
bare_client() {
    client=(/tmp/client)
    use "$1" /tmp/hutch
    quietly hutch ingest /tmp/scan_00001.cbf cbf
    cd "$work"
    quietly /tmp/hutch simulate dataset beamtime/lysozyme --images 5
    quietly hutch ingest beamtime/lysozyme_master.h5 lysozyme
    stop
}

# bare_wine PORT: the client for Windows, with a server from the executable.
bare_wine() {
    export WINEDEBUG=-all WINEPREFIX=/tmp/wine
    wineboot --init >/tmp/wine.log 2>&1 || { tail -5 /tmp/wine.log >&2; fail "Wine does not start"; }
    client=(wine /tmp/client/hutch.exe)
    use "$1" /tmp/hutch
    quietly hutch ingest /tmp/scan_00001.cbf cbf
    stop
}

bare_deb() {
    { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends /tmp/hutch.deb; } >/tmp/apt.log 2>&1 ||
        { tail -5 /tmp/apt.log >&2; fail "apt-get could not install the package"; }
    use "$1" /usr/bin/hutch
    stop
    apt-get purge --yes hutch >/tmp/apt.log 2>&1 || { tail -5 /tmp/apt.log >&2; fail "apt-get could not purge the package"; }
    [[ ! -e /usr/bin/hutch && ! -e /etc/hutch && -d /var/lib/hutch ]] || fail "purged is not what should be, or too much"
}

# Debian's rpm knows nothing of Debian's libraries: what the package requires is only shown.
bare_rpm() {
    rpm --install --nodeps /tmp/hutch.rpm
    [[ $(stat -c '%U %G %a' /etc/hutch/hutch.yaml) == "root hutch 640" && $(stat -c '%U %a' /var/lib/hutch) == "hutch 700" ]] || fail "the folders are not the service's own"
    use "$1" /usr/bin/hutch
    stop
    rpm --query --requires hutch | paste -sd' '
    rpm --erase --nodeps hutch
    [[ ! -e /usr/bin/hutch && -d /var/lib/hutch ]] || fail "erased is not what should be, or too much"
}

# ---- The parts of the check.

free_port() { /usr/bin/python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

# unpacked RID: the executable of a tarball.
unpacked() {
    local folder=$out/unpacked/$1
    mkdir -p "$folder"
    tar -xzf "$packages"/hutch-[0-9]*-"$1".tar.gz -C "$folder" --strip-components=1
    echo "$folder/hutch"
}

# unpacked_client RID: the client of an archive.
unpacked_client() {
    local folder=$out/unpacked/client-$1
    mkdir -p "$folder"
    tar -xzf "$packages"/hutch-client-*-"$1".tar.gz -C "$folder" --strip-components=1
    echo "$folder/hutch"
}

# glibc_of FILE: the newest version of the C library that a program needs.
glibc_of() { objdump --dynamic-syms "$1" | grep -o 'GLIBC_[0-9.]*' | sort --version-sort | tail -n 1; }

# The libraries that a bare system lacks and docs/operations/install.md asks for: OpenSSL, and before glibc 2.34 SQLite.
declare -A needed=([bullseye]="libssl1.1 libsqlite3-0" [bookworm]="libssl3" [trixie]="")

part_release() {
    local release=$1 root hdf5
    debian_root "$release"
    root=$(fresh_root "$release")
    # shellcheck disable=SC2086
    [[ -z ${needed[$release]} ]] || in_root "$root" install_in_root ${needed[$release]} >"$root.log" 2>&1 || { tail -5 "$root.log" >&2; die "${needed[$release]}"; }
    cp "$(unpacked linux-x64)" "$root/tmp/hutch"
    hdf5=$(in_root "$root" bare_tarball "$(free_port)")
    say "Debian $(cat "$root/etc/debian_version"), bare${needed[$release]:+ but for ${needed[$release]}}: the executable alone did the main job; detector files with $hdf5"
    cp "$(unpacked_client linux-x64)" "$root/tmp/client"
    cp tests/data/dxtbx/omega_scan.cbf "$root/tmp/scan_00001.cbf"
    in_root "$root" bare_client "$(free_port)"
    say "Debian $(cat "$root/etc/debian_version"): the client did the main job"
    root=$(fresh_root "$release")
    cp "$packages"/hutch_*_amd64.deb "$root/tmp/hutch.deb"
    in_root "$root" bare_deb "$(free_port)"
    say "Debian $(cat "$root/etc/debian_version"): the Debian package was installed, did the main job, was purged"
    rm -rf "$root"
}

part_rpm() {
    local root requires
    debian_root trixie
    root=$(fresh_root trixie)
    in_root "$root" install_in_root rpm libssl3t64 liblz4-1 >"$root.log" 2>&1 || { tail -5 "$root.log" >&2; die "rpm cannot be installed"; }
    cp "$packages"/hutch-*.x86_64.rpm "$root/tmp/hutch.rpm"
    requires=$(in_root "$root" bare_rpm "$(free_port)")
    say "RPM package: installed with rpm, did the main job, erased; it requires $requires"
    rm -rf "$root"
}

# An emulator runs each instruction of the program many times slower: start, push and clone, no frames. The kernel cannot start the program again for
# its settings (src/Hutch.Cli/Hosting/ServerRuntime.cs), as it knows no emulator: the program has them from the beginning.
part_arm() {
    local root=$roots/bookworm-arm64
    local -x DOTNET_TieredPGO=0 DOTNET_TC_CallCountingDelayMs=64 DOTNET_TC_CallCountThreshold=400 DOTNET_GCgen0size=1000000
    foreign_libraries bookworm arm64 libssl3 libgcc-s1 libstdc++6 || { tail -5 "$root.log" >&2; die "the libraries for ARM cannot be had"; }
    DOTNET_EnableWriteXorExecute=0 use "$(free_port)" qemu-aarch64-static -L "$root" "$(unpacked linux-arm64)"
    stop
    cd "$out"
    rm -rf "$work"
    say "ARM, under emulation: the executable served, took a push, gave a clone"
    client=(qemu-aarch64-static -L "$root" "$(unpacked_client linux-arm64)")
    use "$(free_port)" "$(unpacked linux-x64)"
    stop
    unset client
    cd "$out"
    rm -rf "$work"
    say "ARM, under emulation: the client did the main job"
}

# Systems with such a C library, as Enterprise Linux 8 (2.28), cannot be had here: their part is that no newer function is needed.
part_symbols() {
    local rid client executable of_client of_executable
    for rid in linux-x64 linux-arm64; do
        # Separate commands: a failure within the arguments of a command would not stop the script.
        client=$(unpacked_client "$rid")
        executable=$(unpacked "$rid")
        of_client=$(glibc_of "$client")
        of_executable=$(glibc_of "$executable")
        [[ $(printf '%s\n' GLIBC_2.17 "$of_client" | sort --version-sort | tail -n 1) == GLIBC_2.17 ]] || die "the client for $rid needs $of_client"
        say "the client for $rid needs nothing newer than $of_client, the executable $of_executable"
    done
}

# Wine is not Windows; it reveals problems with paths, links, locks and names before users find them.
part_wine() {
    local root
    debian_root trixie
    root=$(fresh_root trixie)
    in_root "$root" install_in_root wine wine64 >"$root.log" 2>&1 || { tail -5 "$root.log" >&2; die "Wine cannot be installed"; }
    cp "$(unpacked linux-x64)" "$root/tmp/hutch"
    python3 -m zipfile -e "$packages"/hutch-client-*-win-x64.zip "$root/tmp/unpacked"
    mv "$root"/tmp/unpacked/* "$root/tmp/client"
    cp tests/data/dxtbx/omega_scan.cbf "$root/tmp/scan_00001.cbf"
    in_root "$root" bare_wine "$(free_port)"
    say "$(in_root "$root" wine --version): the client for Windows did the main job"
    rm -rf "$root"
}

part_service() { build/service-check.sh; }

((EUID == 0)) || die "root is needed, for systems in folders of their own"
[[ -e $packages/SHA256SUMS ]] || die "there are no packages in out/packages: ./run package makes them"
(cd "$packages" && sha256sum --quiet --check SHA256SUMS) || die "the packages are not those of SHA256SUMS"
(($# > 0)) || set -- service symbols bullseye bookworm trixie rpm arm wine
for part in "$@"; do
    case "$part" in
        bullseye | bookworm | trixie) part_release "$part" ;;
        service | symbols | rpm | arm | wine) "part_$part" ;;
        *) die "the parts are service, symbols, bullseye, bookworm, trixie, rpm, arm and wine, not '$part'" ;;
    esac
done
say "done: nothing was installed on this machine"
