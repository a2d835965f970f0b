# shellcheck shell=bash
# Was it faster before? bench/compare.py: another executable of Hutch and the one of `./run build`, in interleaved pairs.

run_compare() {
    [[ $# -gt 0 && -x $1 ]] || die "usage: ./run compare OLD_EXECUTABLE [--pairs N] [startup | put | get | list | push-clone …]"
    local old
    old=$(realpath "$1")
    shift
    install_packages run compare
    publish
    mkdir -p "$out/bench"
    TMPDIR=$out/bench /usr/bin/python3 bench/compare.py "$old" "$out/hutch" "$@" </dev/null
}
