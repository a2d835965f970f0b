# shellcheck shell=bash
# Demonstrations: each shows real commands with their real output, and checks every answer. A demo NAME is build/demos/NAME.sh.

demo_problems=()

# How long a demo waits for an event before it says that it did not come. Events end waits; this only ends a demo that hangs, so it is far
# more than a busy machine needs.
most_wait_ms=300000

# title TEXT: a new part.
title() { printf '\n\033[1m== %s\033[0m\n' "$*"; }

say() { printf '\033[2m%s\033[0m\n' "$*"; }

# as PERSON: whose configuration the next commands use.
as() {
    export XDG_CONFIG_HOME=$demo/home-$1 XDG_CACHE_HOME=$demo/cache-$1
    demo_person=$1
}

# typed WORD…: a command as a person would type it.
typed() {
    local word words=()
    for word in "$@"; do
        [[ $word =~ ^[A-Za-z0-9_./:=@%+,-]+$ ]] && words+=("$word") || words+=("'${word//\'/\'\\\'\'}'")
    done
    echo "${words[*]}"
}

# show COMMAND…: prints the command and runs it; keeps its output in $shown and its exit code in $code. Standard error stays the
# terminal, so that progress moves as it does for a person; no command asks a question.
show() {
    printf '\033[36m%s$\033[0m %s\n' "${demo_person:-}" "$(typed "$@")"
    code=0
    "$@" </dev/null | tee "$demo/shown" || code=${PIPESTATUS[0]}
    shown=$(<"$demo/shown")
}

# show_reading FILE COMMAND…: the same with a file as standard input.
show_reading() {
    local file=$1
    shift
    printf '\033[36m%s$\033[0m %s < %s\n' "${demo_person:-}" "$(typed "$@")" "${file#"$demo"/}"
    code=0
    "$@" <"$file" | tee "$demo/shown" || code=${PIPESTATUS[0]}
    shown=$(<"$demo/shown")
}

# show_both COMMAND…: the same with standard error, for commands that are expected to fail, or to print a remark.
show_both() {
    printf '\033[36m%s$\033[0m %s\n' "${demo_person:-}" "$(typed "$@")"
    code=0
    "$@" </dev/null 2>&1 | tee "$demo/shown" || code=${PIPESTATUS[0]}
    shown=$(<"$demo/shown")
}

# check WORDS COMMAND…: says whether the command holds; a demo with one that does not has failed.
check() {
    local words=$1
    shift
    if "$@"; then
        printf '  \033[32m✓\033[0m %s\n' "$words"
    else
        printf '  \033[31m✗ %s\033[0m\n' "$words"
        demo_problems+=("$words")
    fi
}

# eventually WORDS COMMAND…: waits until the command holds, and says when it did. It is not asked again after that: a state may end.
eventually() {
    local words=$1 start held=true
    start=$(now_ms)
    shift
    until "$@"; do
        (($(now_ms) - start < most_wait_ms)) || { held=false && break; }
        sleep 0.05
    done
    check "$words (after $(seconds_since "$start") s)" "$held"
}

# wait_beside PID COMMAND…: waits until the command holds while a process of the demo works for it, which must not end before.
wait_beside() {
    local process=$1 start
    start=$(now_ms)
    shift
    until "$@"; do
        kill -0 "$process" 2>/dev/null || "$@" || die "the process that was to do it ended: $*"
        (($(now_ms) - start < most_wait_ms)) || die "it did not happen in $((most_wait_ms / 60000)) minutes: $*"
        sleep 0.05
    done
}

# The forms of check that demos use most.
succeeded() { [[ $code -eq 0 ]]; }
refused() { [[ $code -ne 0 ]]; }
said() { grep -qiE -- "$1" <<<"$shown"; }

free_port() {
    local port
    while port=$((10000 + RANDOM % 20000)); do
        (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "$port" && return; }
    done
}

# start_server FOLDER: a server on a free port, or on $server_port; sets $server and $server_pid.
start_server() {
    local port start
    port=${server_port:-$(free_port)}
    server=http://127.0.0.1:$port
    printf '\033[36m$\033[0m hutch serve --data %s --http 127.0.0.1:%s &\n' "${1#"$root"/}" "$port"
    # A session of its own: closing the terminal or pressing Ctrl-C in the demo leaves it running.
    setsid "$program" serve --data "$1" --http "127.0.0.1:$port" --s3 127.0.0.1:0 </dev/null >"$demo/server.log" 2>&1 &
    server_pid=$!
    start=$(now_ms)
    until curl --silent --fail --output /dev/null "$server/health/ready"; do
        kill -0 "$server_pid" 2>/dev/null || { cat "$demo/server.log" && die "the server ended"; }
        (($(now_ms) - start < most_wait_ms)) || { cat "$demo/server.log" && die "the server was not ready after $((most_wait_ms / 60000)) minutes"; }
        sleep 0.02
    done
    check "ready after $(seconds_since "$start") s" true
}

stop_server() {
    kill -TERM "$server_pid" 2>/dev/null || return 0
    local code=0
    wait "$server_pid" || code=$?
    check "the server stopped when asked to" test "$code" -eq 0
}

run_demo() {
    local name=main once="" program
    while (($# > 0)); do
        case "$1" in
            --once) once=yes ;;
            --rate=* | --size=* | --rows=* | --columns=* | --frames=* | --only=*) declare "demo_${1#--}" ;;
            -*) die "demo knows --once, and what is in its usage, not '$1'" ;;
            *) name=$1 ;;
        esac
        shift
    done
    [[ -f build/demos/$name.sh ]] || die "there is no demo '$name'; there are: $(basename -s .sh build/demos/*.sh | paste -sd' ')"
    # The main one is the first thing that people run: it installs little.
    if [[ $name == main ]]; then install_packages run demo; else install_packages run test; fi
    build_for_demo
    mkdir -p "$out"
    demo=$(mktemp -d "$out/demo-XXXXXX")
    trap 'kill -KILL "${server_pid:-}" 2>/dev/null || true' EXIT
    hutch() { "$program" "$@"; }
    unset HUTCH_REMOTE HUTCH_TOKEN

    local start
    start=$(now_ms)
    # shellcheck source=/dev/null
    source "build/demos/$name.sh"
    demo_steps

    title "Done in $(seconds_since "$start") s"
    if ((${#demo_problems[@]} > 0)); then
        printf 'not as it should be:\n'
        printf '  %s\n' "${demo_problems[@]}"
        die "${#demo_problems[@]} answers were wrong; what was written is in ${demo#"$root"/}"
    fi
    if [[ $once == yes ]]; then
        stop_server
        ((${#demo_problems[@]} == 0)) || die "${demo_problems[*]}"
        trap - EXIT
        # git-annex takes the right to write from its files and their folders.
        chmod -R u+w "$demo"
        rm -rf "$demo"
        echo "every answer was right"
        return
    fi
    trap - EXIT
    demo_goodbye
}
