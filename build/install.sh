# shellcheck shell=bash
# Debian packages: installs only the missing ones. With all present it needs no network and no rights.

# packages_for LEVEL…: the names in build/packages.txt.
packages_for() {
    local level
    for level in "$@"; do
        awk -v level="$level" '$1 == level { print $2 }' build/packages.txt
    done
}

missing_packages() {
    local name
    for name in "$@"; do
        [[ $(dpkg-query -W -f='${db:Status-Status}' "$name" 2>/dev/null) == installed ]] || echo "$name"
    done
}

# ready_fuse: the device for mounts, which a container that may mount can lack. The tests that need it report if it is missing.
ready_fuse() {
    [[ ! -e /dev/fuse ]] || return 0
    local as_root=()
    if ((EUID != 0)); then
        command -v sudo >/dev/null || return 0
        as_root=(sudo)
    fi
    "${as_root[@]}" mknod --mode=666 /dev/fuse c 10 229 || true
}

# install_packages LEVEL…: leaves the machine with every package of these levels, or stops with words.
install_packages() {
    local start names missing as_root=()
    start=$(now_ms)
    mapfile -t names < <(packages_for "$@")
    if ! command -v dpkg-query >/dev/null; then
        done_line install "not Debian: please see to build/packages.txt" "$start"
        return
    fi
    mapfile -t missing < <(missing_packages "${names[@]}")
    if ((${#missing[@]} == 0)); then
        done_line install "nothing missing" "$start"
        return
    fi
    if ((EUID != 0)); then
        command -v sudo >/dev/null || die "missing packages, and neither root nor sudo to install them: ${missing[*]}"
        as_root=(sudo)
    fi
    echo "install   ${missing[*]}"
    mkdir -p "$out"
    {
        "${as_root[@]}" apt-get update
        "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends "${missing[@]}"
    } </dev/null >"$out/install.log" 2>&1 || {
        tail -n 20 "$out/install.log" >&2
        die "apt-get could not install: ${missing[*]} (everything it said: out/install.log)"
    }
    done_line install "${#missing[@]} packages installed" "$start"
}

run_install() {
    case "${1:-test}" in
        run) install_packages run ;;
        test) install_packages run test peer && ready_fuse ;;
        bench) install_packages run test peer bench rabbit stores datalad s3 ;;
        *) die "install knows: run, test, bench" ;;
    esac
}
