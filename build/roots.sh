# shellcheck shell=bash
# Bare systems for checks of packages: Debian releases in folders, made by debootstrap from this machine's mirror, and commands inside them.

# Where the systems are: each is made once, of some 250 MB.
roots=${HUTCH_ROOTS:-$out/roots}

debian_mirror() {
    local mirror
    mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 2>/dev/null | head -1 || true)
    echo "${mirror:-http://deb.debian.org/debian}"
}

# debian_root RELEASE [PACKAGE…]: makes roots/RELEASE, with these packages in addition to the smallest system.
debian_root() {
    local release=$1 root=$roots/$1
    shift
    if [[ ! -e $root/.complete ]]; then
        rm -rf "$root"
        mkdir -p "$root"
        debootstrap --variant=minbase --keyring=/usr/share/keyrings/debian-archive-keyring.gpg \
            "$release" "$root" "$(debian_mirror)" >"$root.log" 2>&1 || { tail -5 "$root.log" >&2 && die "debootstrap made no $release"; }
        cp /etc/resolv.conf "$root/etc/" 2>/dev/null || true
        cp -r /etc/apt/apt.conf.d/. "$root/etc/apt/apt.conf.d/" 2>/dev/null || true
        touch "$root/.complete"
    fi
    (($# == 0)) || in_root "$root" install_in_root "$@" >"$root.log" 2>&1 || { tail -5 "$root.log" >&2 && die "$release has no $*"; }
}

# install_in_root PACKAGE…: runs inside a system.
install_in_root() {
    apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends "$@"
}

# foreign_libraries RELEASE ARCHITECTURE PACKAGE…: unpacks these packages and all that they depend on to roots/RELEASE-ARCHITECTURE, for an emulator or a
# linker. Nothing in there is configured or run, so that root is not needed.
foreign_libraries() {
    local release=$1 architecture=$2 root=$roots/$1-$2 apt=$roots/$1-$2/apt each
    shift 2
    [[ ! -e $root/.complete ]] || return 0
    rm -rf "$root"
    mkdir -p "$apt"/{lists,cache/archives}/partial "$apt"/{preferences,parts}
    touch "$apt/status"
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $(debian_mirror) $release main" >"$apt/sources.list"
    cat >"$apt/apt.conf" <<CONF
APT { Architecture "$architecture"; Architectures { "$architecture"; }; Install-Recommends "false"; Sandbox::User "$(id -un)"; };
Dir { State "$apt"; State::lists "$apt/lists"; State::status "$apt/status"; Cache "$apt/cache"; };
Dir::Etc { sourcelist "$apt/sources.list"; sourceparts "-"; preferencesparts "$apt/preferences"; };
CONF
    { APT_CONFIG=$apt/apt.conf apt-get update && APT_CONFIG=$apt/apt.conf apt-get install --yes --download-only "$@"; } >"$root.log" 2>&1 || return
    for each in "$apt"/cache/archives/*.deb; do dpkg --extract "$each" "$root"; done
    rm -rf "$apt"
    # A linker would follow them to this machine's own libraries.
    find "$root" -type l -lname '/*' -printf '%l\0%p\0' | xargs -0 -r -n 2 sh -c 'exec ln -sfn "$0$1" "$2"' "$root"
    touch "$root/.complete"
}

# in_root ROOT FUNCTION_OR_COMMAND ARGUMENT…: runs a command, or a function of the calling script, inside a system: as root, with processes of its own. The
# network is that of the machine. Changes to the system stay.
in_root() {
    local root=$1 script='"$@"'
    shift
    ! declare -F "$1" >/dev/null || script="$(declare -f)"$'\n'$script
    # shellcheck disable=SC2016
    unshare --mount --pid --fork --kill-child bash -euo pipefail -c '
        root=$1 script=$2 && shift 2
        mount --bind "$root" "$root"
        mount -t proc proc "$root/proc"
        mount --rbind /dev "$root/dev"
        mount -t tmpfs tmpfs "$root/run"
        exec chroot "$root" /usr/bin/env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 \
            /bin/bash -euo pipefail -c "$script" bash "$@"' - "$root" "$script" "$@"
}

# fresh_root RELEASE: a copy of a system that a check may change; its folder.
fresh_root() {
    local copy=$roots/check-$1
    rm -rf "$copy"
    cp -a "$roots/$1" "$copy"
    echo "$copy"
}
