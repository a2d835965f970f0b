# shellcheck shell=bash
# Do the tests notice? Each patch in tests/mutants changes what Hutch does, in one place; the test classes that its first lines name must
# then fail. A patch that no longer applies, does not compile, or that the tests pass with, is a failure. It works on a clone, in out/mutants.
#
#   The change, in words.
#   Tests: Hutch.Site.Tests TrashTests, Hutch.Api.Tests RightsTests
#   --- a/src/…

# mutant_tests PATCH: a line each, "PROJECT CLASS".
mutant_tests() { sed -n 's/^Tests: //p' "$1" | tr ',' '\n' | sed 's/^ *//'; }

# build_mutant PROJECT…: without the analyzers, which are no part of the question.
build_mutant() {
    local project
    for project in "$@"; do
        dotnet build "tests/$project/$project.csproj" --configuration Release --nologo --verbosity quiet \
            -p:RunAnalyzers=false -p:TreatWarningsAsErrors=false </dev/null || return 1
    done
}

# run_classes: reads "PROJECT CLASS" lines; fails with the first class that does.
run_classes() {
    local project class
    while read -r project class; do
        "tests/$project/bin/Release/net10.0/$project" -noLogo -noColor -noAutoReporters -class "*.$class" </dev/null || return 1
    done
}

# mutant_verdict PATCH: killed, or why not. In the clone.
mutant_verdict() {
    local projects log
    log=$mutants_log/$(basename "$1" .patch).log
    mapfile -t projects < <(mutant_tests "$1" | cut -d' ' -f1 | sort -u)
    if ! git apply "$1" >"$log" 2>&1; then
        echo "no longer applies"
    elif ! build_mutant "${projects[@]}" >"$log" 2>&1; then
        echo "does not compile"
    elif mutant_tests "$1" | run_classes >"$log" 2>&1; then
        echo SURVIVED
    else
        echo killed
    fi
}

# ready_clone PATCH…: a clone in which the tests of all patches pass, or nothing that follows says anything.
ready_clone() {
    local patch projects
    rm -rf "$mutants_clone" "$mutants_log"
    mkdir -p "$mutants_log/tmp"
    git clone --quiet --shared . "$mutants_clone"
    cp -r web/dist "$mutants_clone/web/"
    for patch in "$@"; do
        grep -q '^Tests: ' "$patch" || die "$patch names no tests"
    done
    mapfile -t projects < <(for patch in "$@"; do mutant_tests "$patch"; done | cut -d' ' -f1 | sort -u)
    (
        cd "$mutants_clone"
        build_mutant "${projects[@]}" &&
            for patch in "$@"; do mutant_tests "$patch"; done | sort -u | run_classes
    ) >"$mutants_log/unchanged.log" 2>&1 || { cat "$mutants_log/unchanged.log" && die "the tests do not pass without a mutant"; }
}

run_mutants() {
    local patch verdict start killed=0 left=0 patches=("$root/tests/mutants/"*"${1:-}"*.patch)
    [[ -e ${patches[0]} ]] || die "there is no mutant '${1:-}'; they are in tests/mutants"
    require_dotnet
    install_packages run test
    build_web
    mutants_clone=$out/mutants mutants_log=$out/mutants-log
    start=$(now_ms)
    TMPDIR=$mutants_log/tmp
    export TMPDIR
    ready_clone "${patches[@]}"
    done_line mutants "the tests pass without any" "$start"
    for patch in "${patches[@]}"; do
        start=$(now_ms)
        git -C "$mutants_clone" reset --quiet --hard
        verdict=$(cd "$mutants_clone" && mutant_verdict "$patch")
        done_line "$verdict" "$(basename "$patch" .patch)" "$start"
        if [[ $verdict == killed ]]; then killed=$((killed + 1)); else left=$((left + 1)); fi
    done
    echo "$killed killed, $left not; what the tests printed is in out/mutants-log"
    ((left == 0))
}
