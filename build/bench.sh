# shellcheck shell=bash
# Benchmarks: bench/Hutch.Bench, against the executable of `./run build`. Only the peers that are asked for are installed.

bench_packages() {
    local name names=()
    for name in "$@"; do
        [[ $name == --* ]] || names+=("$name")
    done
    ((${#names[@]})) || names=(spots live-latency push-clone-datalad datalad s3 engines)
    for name in "${names[@]}"; do
        case "$name" in
            push-clone | inodes) echo stores ;;
            look) echo test ;;
            portal | frames | volumes | fairness | agent | agent-*) echo peer ;;
            live-latency) echo rabbit ;;
            live | live-pipeline) printf '%s\n' bench rabbit s3 compare ;;
            s3) echo s3 ;;
            sites) printf '%s\n' test sites ;;
            engines) printf '%s\n' s3 postgres ;;
            search) printf '%s\n' bench postgres ;;
            datalad) printf '%s\n' peer datalad s3 ;;
            push-clone-datalad) printf '%s\n' stores datalad ;;
            *) echo bench ;;
        esac
    done
}

run_bench() {
    local levels
    mapfile -t levels < <(bench_packages "$@" | sort -u)
    install_packages run "${levels[@]}"
    publish
    compile bench/Hutch.Bench
    mkdir -p "$out/bench"
    HUTCH_EXECUTABLE=$out/hutch TMPDIR=$out/bench bench/Hutch.Bench/bin/Release/net10.0/Hutch.Bench "$@" </dev/null
}
