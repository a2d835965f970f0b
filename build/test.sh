# shellcheck shell=bash
# Every test project is a program (xunit.v3). Running it takes a sixth of the time of `dotnet test`, and gives all results.

test_log=$out/test
# As many as the processors of the machine they are made for. A third one finds no idle processor: it makes all of them slower, until limits fail.
projects_at_once=2
# A project that takes longer hangs: the longest takes 15 to 45 minutes. Together with the rest, this is within the limit of CI. A test that hangs is
# cancelled long before (tests/TestTimeLimitAttribute.cs); this is for what no test can be cancelled from, such as a fixture.
project_limit_seconds=3600
# CI stops a run after 90 minutes, and then shows no failure. What runs at this time is stopped, what remains gets a second, and both count as failed.
run_limit_seconds=5250
# The runner names a test that is still running after so long: the log of a project that was stopped says which it was.
long_running_seconds=120
slowest_shown=10
# What each class of tests took of the processor, and the machine that it was measured on.
processor_record=tests/processor.txt
# A machine that needs this many hundredths of the recorded one's time is of the slower kind.
slower_kind=150
# More failures than these are not flaky, and running them again shows nothing new.
max_reruns=10

# The projects, longest first, that run the program as people do, with browsers and foreign clients, or on foreign engines.
end_to_end_projects=(Hutch.EndToEnd.Tests Hutch.Portal.Tests Hutch.Engines.Tests)
# What --quick leaves out (docs/decisions/0004): these, those of several servers, those of file formats, DataLad and the agent, and in all others the
# folders of these names (Simulation: every crash and every fault; Load: thousands of clients, millions of entries; Peers: programs that are not ours) and
# what bears this trait: few tests that cost a sixth.
quick_leaves_out=("${end_to_end_projects[@]}" Hutch.Cluster.Tests Hutch.Federation.Tests Hutch.Formats.Tests Hutch.Detectors.Tests Hutch.DataLad.Tests
    Hutch.Agent.Tests)
long_folders=(Simulation Load Peers)
long_trait=Quick=no

# Projects whose tests work on the disk that the tree is on: what the disk does is their subject, or they run the program as people do. All others wait
# for its syncs and learn nothing from them (docs/decisions/0370): they work in memory, where there is as much as this.
projects_on_disk=("${end_to_end_projects[@]}" Hutch.Disk.Tests Hutch.Storage.Tests Hutch.Agent.Tests Hutch.Client.Tests Hutch.Commands.Tests Hutch.Cli.Tests)
least_memory_kib=$((8 << 20))

test_projects() { find tests -mindepth 2 -maxdepth 2 -name '*.Tests.csproj' -printf '%f\n' | sed 's/\.csproj$//' | sort; }

is_end_to_end() { [[ " ${end_to_end_projects[*]} " == *" $1 "* ]]; }

# longest_first: the end-to-end projects, then by the size of their sources: so that no one is waited for alone at the end.
longest_first() {
    local name names
    mapfile -t names
    for name in "${end_to_end_projects[@]}"; do
        [[ " ${names[*]} " != *" $name "* ]] || echo "$name"
    done
    for name in "${names[@]}"; do
        is_end_to_end "$name" || printf '%d %s\n' "$(find "tests/$name" -name '*.cs' -not -path '*/obj/*' -exec cat {} + | wc -c)" "$name"
    done | sort -nr | cut -d' ' -f2
}

# measure_machine: fills machine, the processor seconds of a fixed piece of work: starts of a .NET program, as most of a run is, and arithmetic.
measure_machine() {
    local TIMEFORMAT='%U %S'
    machine=$({ time { for _ in 1 2 3 4 5 6; do dotnet msbuild -version; done && head -c 512M /dev/zero | sha256sum; } >/dev/null 2>&1; } 2>&1 | awk '{ print $1 + $2 }')
}

# foretell: what machine this is, and how long the run will take there.
foretell() {
    awk -v machine="$machine" -v slower="$slower_kind" '{ record[$2] = $1 } END {
        ratio = machine / record["machine"]
        printf "this machine is of the %s kind: it takes %.2f times as long as that of the record; all tests will take about %.0f minutes\n",
            ratio * 100 < slower ? "fast" : "slower", ratio, record["minutes"] * ratio }' "$processor_record"
}

# account: the kernel lists every process that ends from now on, of the whole machine, where it may (root).
account() {
    accounts=$test_log/processes
    : >"$accounts"
    build/processor.py on "$accounts" || accounts=""
}

# show_processor: what took the processor, and what grew; with --record it is written down.
show_processor() {
    [[ -n $accounts ]] || { echo "processor time: only root may have it accounted" && return 0; }
    build/processor.py off
    build/processor.py report "$accounts" "$test_log" "$machine" "$(((SECONDS + 59) / 60))" ${record:+--record "$processor_record"}
}

# select_tests ARGUMENT…: fills quick, record, the arrays projects (longest first), words (of tests' names) and options (for the test programs).
select_tests() {
    local argument name named=()
    quick="" record="" words=() options=()
    for argument in "$@"; do
        if ((${#options[@]} > 0)) || [[ $argument == -* && $argument != --quick && $argument != --record ]]; then
            options+=("$argument")
        elif [[ $argument == --quick ]]; then
            quick=yes
        elif [[ $argument == --record ]]; then
            record=yes
        elif [[ -f tests/Hutch.$argument.Tests/Hutch.$argument.Tests.csproj ]]; then
            named+=("Hutch.$argument.Tests")
        elif [[ -f tests/$argument/$argument.csproj ]]; then
            named+=("$argument")
        else
            words+=("$argument")
        fi
    done
    ((${#named[@]} > 0)) || mapfile -t named < <(test_projects)
    mapfile -t projects < <(printf '%s\n' "${named[@]}" | sort -u | { [[ -z $quick ]] && cat || grep -vxF "$(printf '%s\n' "${quick_leaves_out[@]}")"; } | longest_first)
    ((${#projects[@]} > 0)) || die "none of these projects is quick: ${named[*]}"
}

# xunit_filters: what select_tests chose, as options of xunit.v3, one a line.
xunit_filters() {
    local word folder
    for word in "${words[@]}"; do printf '%s\n' -method "*$word*"; done
    [[ -z $quick ]] || for folder in "${long_folders[@]}"; do printf '%s\n' -namespace- "*.$folder" -namespace- "*.$folder.*"; done
    [[ -z $quick ]] || printf '%s\n' -trait- "$long_trait"
    ((${#options[@]} == 0)) || printf '%s\n' "${options[@]}"
}

# ready_work_folders: fills memory_folder; it is empty where there is too little memory, or programs cannot be run from there.
ready_work_folders() {
    mkdir -p "$test_log/tmp"
    memory_folder=/dev/shm/hutch-tests-$(id -u)-$(cksum <<<"$out" | cut -d' ' -f1)
    rm -rf "$memory_folder" 2>/dev/null || true
    if ! [[ $(findmnt -no FSTYPE,OPTIONS -T /dev/shm) == tmpfs* && $(findmnt -no OPTIONS -T /dev/shm) != *noexec* ]] ||
        (($(df -k --output=avail /dev/shm | tail -1) < least_memory_kib || $(awk '/^MemAvailable:/ { print $2 }' /proc/meminfo) < least_memory_kib)) ||
        ! mkdir "$memory_folder"; then
        memory_folder=""
    fi
}

# work_folder NAME: where the tests of a project make their files.
work_folder() {
    if [[ -n $memory_folder && " ${projects_on_disk[*]} " != *" $1 "* ]]; then echo "$memory_folder"; else echo "$test_log/tmp"; fi
}

# runtime_settings NAME: tests are over before the collector's thread in the background pays, and 64 MiB (hexadecimal) between two collections save a
# tenth of the processor. Code that is compiled once need not be mapped twice. What an end-to-end test starts has the settings of the program.
runtime_settings() { is_end_to_end "$1" || printf '%s\n' DOTNET_gcConcurrent=0 DOTNET_GCgen0size=4000000 DOTNET_EnableWriteXorExecute=0; }

# seconds_left: for a project; 1 when the time of the run is over.
seconds_left() {
    local left=$((run_limit_seconds - SECONDS))
    ((left < project_limit_seconds)) || left=$project_limit_seconds
    echo $((left > 1 ? left : 1))
}

# run_program NAME LOG RESULTS OPTION…: runs a test project; its exit code.
run_program() {
    local name=$1 log=$2 results=$3 settings
    shift 3
    mapfile -t settings < <(runtime_settings "$name")
    env -u HUTCH_REMOTE -u HUTCH_TOKEN "${settings[@]}" ${program:+"HUTCH_EXECUTABLE=$program"} ${commands:+"HUTCH_COMMAND=$commands"} HUTCH_TEST_PROCESSOR="$test_log" TMPDIR="$(work_folder "$name")" timeout --kill-after=10 "$(seconds_left)" \
        "tests/$name/bin/Release/net10.0/$name" -noLogo -noColor -noAutoReporters -longRunning "$long_running_seconds" \
        -ctrf "$results" "$@" </dev/null >"$log" 2>&1
}

# test_project NAME: runs it; leaves NAME.log, NAME.json (CTRF), NAME.result (passed failed), NAME.processor (user system, s) and one line on the terminal.
test_project() {
    local name=$1 start code=0 total=0 failed=0 skipped=0 errors=0 filters word good=0 bad=0
    start=$(now_ms)
    mapfile -t filters < <(xunit_filters)
    { TIMEFORMAT='%U %S'; time run_program "$name" "$test_log/$name.log" "$test_log/$name.json" "${filters[@]}" || code=$?; } 2>"$test_log/$name.processor"
    read -r total failed skipped errors < <(jq -r '.results | "\(.summary.tests) \(.summary.failed) \(.summary.skipped) \([.extra.suites[].errors | length] | add)"' \
        "$test_log/$name.json" 2>/dev/null) || ((code >= 2)) || code=missing
    if [[ $code == missing ]]; then
        bad=1 word="left no results"
    elif ((code >= 2)); then
        bad=1 word="did not end well (exit code $code)"
        [[ $code -ne 124 ]] || word="was stopped after $(seconds_since "$start") s"
        echo "$name $word" >>"$test_log/stopped"
    elif ((total == 0)); then
        bad=$((${#filters[@]} == 0)) word="has no tests"
    else
        good=$((total - failed - skipped)) bad=$((failed + errors + skipped)) word="$good passed"
        ((failed == 0)) || word+=", $failed failed"
        ((skipped == 0)) || word+=", $skipped skipped"
        ((errors == 0)) || word+=", $errors errors"
    fi
    echo "$good $bad" >"$test_log/$name.result"
    # Much less processor than time: it waits.
    if ((good + bad > 0)); then
        printf '  %-28s %-36s %8s s, processor %6.1f s\n' "$name" "$word" "$(seconds_since "$start")" "$(awk 'END { print $1 + $2 }' "$test_log/$name.processor")"
    fi
}

# The failures of one project in full, without the runner's own lines.
show_failures() {
    local name=$1 good bad
    read -r good bad <"$test_log/$name.result"
    ((bad > 0)) || return 0
    printf '\n---- %s\n' "$name"
    sed -e '/^  Discover\(ing\|ed\):/d' -e '/^  \(Starting\|Finished\):/d' -e '/^=== TEST EXECUTION SUMMARY/,$d' "$test_log/$name.log"
}

# test_layout: like a project of tests, but counts only failures, so that the others need not wait for it.
test_layout() {
    if quietly format "layout is as .editorconfig says" check_layout >"$test_log/Layout.log"; then
        cat "$test_log/Layout.log"
        echo "0 0" >"$test_log/Layout.result"
    else
        echo "The layout differs: './run format' puts it right, but for lines that are too long." >>"$test_log/Layout.log"
        echo "0 1" >"$test_log/Layout.result"
    fi
}

# run_projects NAME…: projects of tests, Layout and Web, so many at a time.
run_projects() {
    local name
    for name in "$@"; do
        while (($(jobs -rp | wc -l) >= projects_at_once)); do wait -n || true; done
        case $name in
            Layout) test_layout & ;;
            Web) test_web & ;;
            *) test_project "$name" & ;;
        esac
    done
    wait
}

# failed_methods: COUNT PROJECT METHOD, a line for each method with a failed test. A program that crashed left no results.
failed_methods() {
    local name
    for name in "${projects[@]}"; do
        jq -r --arg name "$name" '.results.tests[] | select(.status == "failed") | "\($name) \(.extra.type).\(.extra.method)"' \
            "$test_log/$name.json" 2>/dev/null || true
    done | sort | uniq -c
}

# why_ended LOG: with which test a project hung, or why it crashed, as far as its log says.
why_ended() {
    { grep -F '[Long Running Test]' "$1" | tail -n 1 || true; grep -m 1 -A 8 -E '^(Process terminated|Unhandled exception|Fatal error|Assertion failed)' "$1" || tail -n 5 "$1"; } |
        cut -c 1-200
}

# rerun_stopped: runs a project that hung or crashed once more, alone. If it ends then, it is flaky. Two such projects are not.
rerun_stopped() {
    local name word good bad
    [[ -s $test_log/stopped && $(wc -l <"$test_log/stopped") -eq 1 ]] && ((SECONDS < run_limit_seconds)) || return 0
    read -r name word <"$test_log/stopped"
    mv "$test_log/$name.log" "$test_log/$name.first.log"
    test_project "$name"
    read -r good bad <"$test_log/$name.result"
    ((bad > 0 || good == 0)) || { printf '  %s %s\n' "$name" "$word" && why_ended "$test_log/$name.first.log"; } >>"$test_log/flaky"
}

# rerun_failures: runs the failed tests once more, alone. Those that pass then are flaky: they count as passed, and are listed
# with their failures (docs/decisions/0004). Tests that were selected by their names have run alone already.
rerun_failures() {
    local failures line count name method good bad
    ((${#words[@]} + ${#options[@]} == 0)) || return 0
    mapfile -t failures < <(failed_methods)
    ((${#failures[@]} <= max_reruns)) || return 0
    for line in "${failures[@]}"; do
        ((SECONDS < run_limit_seconds)) || return 0
        read -r count name method <<<"$line"
        run_program "$name" "$test_log/$name.again.log" "$test_log/again" -method "$method" || continue
        (($(jq .results.summary.passed "$test_log/again") > 0)) || continue
        read -r good bad <"$test_log/$name.result"
        echo "$((good + count)) $((bad - count))" >"$test_log/$name.result"
        jq -r --arg method "$method" '.results.tests[] | select(.status == "failed" and "\(.extra.type).\(.extra.method)" == $method)
            | "  \(.name)\n\(.message)\n\(.trace)"' "$test_log/$name.json" >>"$test_log/flaky"
    done
}

# show_flaky, show_slowest: the tests that need attention.
show_flaky() {
    [[ -s $test_log/flaky ]] || return 0
    printf '\nFLAKY: failed beside the others and passed alone. Counted as passed; please open an issue.\n'
    cat "$test_log/flaky"
}

show_slowest() {
    printf '\nthe slowest tests:\n'
    # To the end, not by head: a pipe that is closed early would be a failure.
    find "$test_log" -maxdepth 1 -name '*.json' -exec jq -r '.results.tests[] | "\(.duration) \(.name)"' {} + | sort -rn |
        awk -v most="$slowest_shown" 'NR <= most { ms = $1; sub(/^[0-9.]+ /, ""); printf "  %6.1f s  %s\n", ms / 1000, $0 }' || true
}

# prepare_program: the end-to-end tests start the program a thousand times, so that it pays to compile it ahead of time. Tests
# that are selected by their names start it a few times only.
prepare_program() {
    program="" commands=""
    if ((${#words[@]} + ${#options[@]} == 0)) && [[ " ${projects[*]} " == *" Hutch.EndToEnd.Tests "* && -n $(compiler_ahead_of_time) ]]; then
        quietly ahead "the program of the end-to-end tests, as machine code" ahead_of_time "$out/ahead" || return
        program=$out/ahead/hutch
        tests_ahead_of_time "$out/ahead" "${projects[@]}"
        # It costs 100 s of processor and saves 0.15 s for each of 1 400 commands. Without it, commands run the program.
        quietly client "the client of the end-to-end tests, as machine code" commands_of_tests "$out/commands" "$program" || return
        commands=$out/commands/hutch
    fi
}

# build_target: the projects to compile: all, or a filter with the chosen projects and those that they refer to.
build_target() {
    if ((${#projects[@]} == $(test_projects | wc -l))); then
        echo Hutch.slnx
    else
        printf '%s\n' "${projects[@]}" | sed 's|.*|"tests/&/&.csproj"|' | paste -sd, |
            sed 's|.*|{ "solution": { "path": "../Hutch.slnx", "projects": [&] } }|' >"$out/test.slnf"
        echo out/test.slnf
    fi
}

# show_left_out: what --quick did not run.
show_left_out() {
    [[ -n $quick ]] || return 0
    printf '\nNOT RUN, as it was to be quick: %s,\nthe tests of the portal, and in the others the folders %s and what is marked %s.\n' \
        "$(printf '%s\n' "${quick_leaves_out[@]}" | paste -sd, | sed 's/,/, /g')" "$(printf '%s\n' "${long_folders[@]}" | paste -sd, | sed 's/,/, /g')" "$long_trait"
}

run_test() {
    local quick record projects words options others program commands memory_folder target start name passed=0 failed=0 good bad machine accounts="" whole="" built
    select_tests "$@"
    if [[ -n $quick ]]; then
        install_packages run test
    else
        install_packages run test peer link
        ready_fuse
    fi
    require_dotnet
    start=$(now_ms)
    rm -rf "$test_log" && mkdir -p "$test_log"
    target=$(build_target)
    [[ $target != Hutch.slnx ]] || ((${#words[@]} + ${#options[@]} > 0)) || whole=yes
    [[ -z $whole ]] || { measure_machine && foretell && account; }
    if [[ -z $quick ]]; then
        build_web
        peer_packages
    fi
    [[ -n $quick || -n $(compiler_ahead_of_time) ]] || ready_to_run linux-x64 >/dev/null 2>&1
    if ! compile "$target"; then
        echo "The build failed; no test was run."
        echo "0 passed, 1 failed"
        return 1
    fi
    prepare_program || echo "The end-to-end tests start programs as they were built."
    built=$(seconds_since "$start")
    ready_work_folders
    # After the longest, which must start first; and not at the end, where no other project would run at the same time.
    others=(Layout)
    [[ -z $whole ]] || others+=(Web)
    projects=("${projects[@]:0:2}" "${others[@]}" "${projects[@]:2}")
    run_projects "${projects[@]}"
    rerun_stopped
    rerun_failures
    for name in "${projects[@]}"; do
        show_failures "$name"
        read -r good bad <"$test_log/$name.result"
        passed=$((passed + good)) failed=$((failed + bad))
    done
    rm -rf "$test_log/tmp" ${memory_folder:+"$memory_folder"}
    show_flaky
    show_slowest
    [[ -z $whole ]] || show_processor
    show_left_out
    echo "build and tests took $(seconds_since "$start") s, $built s of it the build, installs apart"
    echo "$passed passed, $failed failed"
    ((failed == 0))
}
