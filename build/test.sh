# shellcheck shell=bash
# Every test project is a program (xunit.v3). Running it takes a sixth of the time of `dotnet test`, and it tells all we need.

test_log=$out/test
# The only projects that are not quick: they start servers, or walk through every crash.
slow_projects=(EndToEnd Portal Api S3 Cli Client Live Datasets Storage)
projects_at_once=2
project_limit_seconds=900

test_projects() { find tests -mindepth 2 -maxdepth 2 -name '*.Tests.csproj' -printf '%f\n' | sed 's/\.csproj$//' | sort; }

is_slow() {
    local slow
    for slow in "${slow_projects[@]}"; do [[ $1 != "Hutch.$slow.Tests" ]] || return 0; done
    return 1
}

# select_projects ARGUMENT…: fills the arrays projects and filters.
select_projects() {
    local argument name all
    mapfile -t all < <(test_projects)
    projects=() filters=()
    for argument in "$@"; do
        if [[ $argument == unit ]]; then
            for name in "${all[@]}"; do is_slow "$name" || projects+=("$name"); done
        elif [[ -d tests/Hutch.$argument.Tests ]]; then
            projects+=("Hutch.$argument.Tests")
        elif [[ -d tests/$argument ]]; then
            projects+=("$argument")
        elif [[ $argument == -* || (${#filters[@]} -gt 0 && ${filters[0]} == -*) ]]; then
            filters+=("$argument")
        else
            filters+=(-method "*$argument*")
        fi
    done
    ((${#projects[@]} > 0)) || projects=("${all[@]}")
}

# test_project NAME: runs it; leaves NAME.log, NAME.result (passed failed seconds) and one line on the terminal.
test_project() {
    local name=$1 start log=$test_log/$1.log code=0 summary total errors failed skipped word
    start=$(now_ms)
    env -u HUTCH_REMOTE -u HUTCH_TOKEN TMPDIR="$test_log/tmp" timeout --kill-after=10 "$project_limit_seconds" \
        "tests/$name/bin/Release/net10.0/$name" -noLogo -noColor -noAutoReporters "${filters[@]}" \
        </dev/null >"$log" 2>&1 || code=$?
    summary=$(sed -n '/^=== TEST EXECUTION SUMMARY/,$p' "$log")
    read -r total errors failed skipped < <(sed -n \
        's/.*Total: \([0-9]*\), Errors: \([0-9]*\), Failed: \([0-9]*\), Skipped: \([0-9]*\).*/\1 \2 \3 \4/p' <<<"$summary") || true
    local good=0 bad=0
    if [[ -z $summary || $code -ge 2 ]]; then
        bad=1 word="did not end well (exit code $code)"
        [[ $code -ne 124 ]] || word="was stopped after $project_limit_seconds s"
    elif ((${total:-0} == 0)); then
        bad=$((${#filters[@]} == 0)) word="has no tests"
    else
        good=$((total - failed - skipped)) bad=$((failed + errors + skipped)) word="$good passed"
        ((failed == 0)) || word+=", $failed failed"
        ((skipped == 0)) || word+=", $skipped skipped"
        ((errors == 0)) || word+=", $errors errors"
    fi
    echo "$good $bad $(($(now_ms) - start))" >"$test_log/$name.result"
    if ((good + bad > 0)); then printf '  %-28s %-36s %8s s\n' "$name" "$word" "$(seconds_since "$start")"; fi
}

# The failures of one project in full, without the runner's own lines.
show_failures() {
    local name=$1 good bad ms
    read -r good bad ms <"$test_log/$name.result"
    ((bad > 0)) || return 0
    printf '\n---- %s\n' "$name"
    sed -e '/^  Discover\(ing\|ed\):/d' -e '/^  \(Starting\|Finished\):/d' -e '/^=== TEST EXECUTION SUMMARY/,$d' "$test_log/$name.log"
}

run_projects() {
    local name
    for name in "$@"; do
        while (($(jobs -rp | wc -l) >= projects_at_once)); do wait -n || true; done
        test_project "$name" &
    done
    wait
}

run_test() {
    local projects filters target=Hutch.slnx extra_failures=0 start name passed=0 failed=0 good bad ms
    install_packages run test
    ready_fuse
    require_dotnet
    select_projects "$@"
    ((${#projects[@]} != 1)) || target=tests/${projects[0]}
    start=$(now_ms)
    build_web
    peer_packages
    if ! compile "$target"; then
        echo "The build failed; no test was run."
        echo "0 passed, 1 failed"
        return 1
    fi
    quietly format "layout is as .editorconfig says" check_layout || {
        echo "The layout differs: './run format' puts it right, but for lines that are too long."
        extra_failures=1
    }
    rm -rf "$test_log"
    mkdir -p "$test_log/tmp"
    # The longest first, so that no one waits for it alone at the end.
    mapfile -t projects < <(printf '%s\n' "${projects[@]}" | sort -u | awk '{ print (/EndToEnd|Portal|Datasets|Storage/ ? 0 : 1), $0 }' | sort -s -k1,1 | cut -d' ' -f2)
    run_projects "${projects[@]}"
    if ((${#filters[@]} == 0)) && [[ $target == Hutch.slnx ]]; then
        test_web
        projects+=(Web)
    fi
    for name in "${projects[@]}"; do
        show_failures "$name"
        read -r good bad ms <"$test_log/$name.result"
        passed=$((passed + good)) failed=$((failed + bad))
    done
    failed=$((failed + extra_failures))
    rm -rf "$test_log/tmp"
    echo "build and tests took $(seconds_since "$start") s, installs apart"
    echo "$passed passed, $failed failed"
    ((failed == 0))
}
