# shellcheck shell=bash
# The proofs of "acknowledged means durable", for longer than the suite has time:
#   --minutes N   tests/Hutch.EndToEnd.Tests/Torture: kill -9 under load, against the executable of `./run build`;
#   --jobs N      the same folder: N runs of programs that wait, while server, engine and nodes are killed;
#   --every-io    tests/Hutch.Site.Tests/Simulation: a power cut before every change of the disk, and every sync and write failing, on the
#                 simulated disk; about 10 minutes on two quiet cores; and tests/Hutch.Site.Tests/Damage: 1000 stores damaged at random,
#                 about 15 minutes.
# None named: the first for ten minutes, and the last.

run_torture() {
    local minutes="" jobs="" seed="" every_io="" failed=0
    while (($# > 0)); do
        case "$1" in
            --minutes) minutes=${2:-} && shift 2 ;;
            --jobs) jobs=${2:-} && shift 2 ;;
            --seed) seed=${2:-} && shift 2 ;;
            --every-io) every_io=yes && shift ;;
            *) die "torture knows --minutes N, --jobs N, --seed N and --every-io, not '$1'" ;;
        esac
    done
    [[ -n $minutes || -n $jobs || -n $every_io ]] || minutes=10 every_io=yes
    [[ -z $minutes || $minutes =~ ^[0-9]+(\.[0-9]+)?$ ]] || die "say for how long: ./run torture --minutes 10"
    [[ -z $jobs || $jobs =~ ^[0-9]+$ ]] || die "say how many: ./run torture --jobs 10000"
    install_packages run test
    mkdir -p "$out/torture"
    if [[ -n $minutes ]]; then torture_kill "$minutes" "$seed" || failed=1; fi
    if [[ -n $jobs ]]; then torture_jobs "$jobs" "$seed" || failed=1; fi
    if [[ -n $every_io ]]; then torture_every_io || failed=1; fi
    return "$failed"
}

# The longest that one test may take, in minutes: ten hours.
torture_limit=600

# torture_program PROJECT ARGUMENT…: runs a test program and shows its output as it comes.
torture_program() {
    local project=$1
    shift
    HUTCH_TEST_MINUTES=$torture_limit TMPDIR=$out/torture "tests/$project/bin/Release/net10.0/$project" -noLogo -noColor -showLiveOutput "$@" </dev/null
}

torture_kill() {
    # Returns at each step: the caller continues after a failure, and set -e has no effect in the called function.
    publish && compile tests/Hutch.EndToEnd.Tests || return 1
    HUTCH_EXECUTABLE=$out/hutch HUTCH_TORTURE_MINUTES=$1 HUTCH_TORTURE_SEED=$2 \
        torture_program Hutch.EndToEnd.Tests -class Hutch.EndToEnd.Tests.Torture.TortureTests
}

torture_jobs() {
    publish && compile tests/Hutch.EndToEnd.Tests || return 1
    HUTCH_EXECUTABLE=$out/hutch HUTCH_TORTURE_JOBS=$1 HUTCH_TORTURE_SEED=$2 \
        torture_program Hutch.EndToEnd.Tests -class Hutch.EndToEnd.Tests.Torture.JobTortureTests
}

torture_every_io() {
    compile tests/Hutch.Site.Tests || return 1
    HUTCH_TORTURE=1 torture_program Hutch.Site.Tests \
        -class Hutch.Site.Tests.Simulation.SiteCrashTests -class Hutch.Site.Tests.Simulation.SiteFaultTests \
        -class Hutch.Site.Tests.Damage.RandomDamageTests || return 1
    compile tests/Hutch.Api.Tests || return 1
    HUTCH_TORTURE=1 torture_program Hutch.Api.Tests -class Hutch.Api.Tests.Faults.RandomFolderDamageTests
}
