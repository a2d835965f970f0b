# shellcheck shell=bash
# Many sites on simulated clocks, networks and disks (tests/Hutch.Simulation.Tests), on more schedules than the suite has time for. A failing test
# names its seed, from which its schedule follows: `./run simulate --from SEED --seeds 1` repeats it.

run_simulate() {
    local seeds=100 from=1
    while (($# > 0)); do
        case "$1" in
            --seeds) seeds=${2:-} && shift 2 ;;
            --from) from=${2:-} && shift 2 ;;
            *) die "simulate knows --seeds N and --from SEED, not '$1'" ;;
        esac
    done
    [[ $seeds =~ ^[1-9][0-9]*$ && $from =~ ^[1-9][0-9]*$ ]] || die "say how many: ./run simulate --seeds 1000"
    install_packages run test
    compile tests/Hutch.Simulation.Tests || return 1
    HUTCH_SEEDS=$from-$((from + seeds - 1)) \
        tests/Hutch.Simulation.Tests/bin/Release/net10.0/Hutch.Simulation.Tests -noLogo -noColor </dev/null
}
