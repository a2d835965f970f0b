# shellcheck shell=bash
# Programs that are not ours, to which tests talk (tests/Hutch.Peers): those that come from npm, each with a lock file in its folder. Those
# that come from Debian are in build/packages.txt, as peer.

# peer_packages: leaves them installed. Nothing is done when nothing changed.
peer_packages() {
    local locks lock
    mapfile -t locks < <(find tests -name node_modules -prune -o -name package-lock.json -print | sort)
    for lock in "${locks[@]}"; do npm_packages "$(dirname "$lock")"; done
}
