# shellcheck shell=bash
# The kill -9 harness of tests/Hutch.EndToEnd.Tests/Torture, for as long as one likes, against the executable of `./run build`.

run_torture() {
    local minutes="" seed=""
    while (($# > 0)); do
        case "$1" in
            --minutes) minutes=${2:-} && shift 2 ;;
            --seed) seed=${2:-} && shift 2 ;;
            *) die "torture knows --minutes N and --seed N, not '$1'" ;;
        esac
    done
    [[ $minutes =~ ^[0-9]+(\.[0-9]+)?$ ]] || die "say for how long: ./run torture --minutes 10"
    install_packages run test
    publish
    compile tests/Hutch.EndToEnd.Tests
    mkdir -p "$out/torture"
    HUTCH_EXECUTABLE=$out/hutch HUTCH_TORTURE_MINUTES=$minutes HUTCH_TORTURE_SEED=$seed TMPDIR=$out/torture \
        tests/Hutch.EndToEnd.Tests/bin/Release/net10.0/Hutch.EndToEnd.Tests -noLogo -noColor -showLiveOutput \
        -class Hutch.EndToEnd.Tests.Torture.TortureTests </dev/null
}
