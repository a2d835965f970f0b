# shellcheck shell=bash
# Three servers of one site, over PostgreSQL and Ceph's gateway, behind nginx. Clients write by REST, S3 and push while servers are killed and
# leave, the database is stopped as a crash would and the gateway is paused. At the end every acknowledged write is read again, at every server.

# shellcheck source=/dev/null
source build/engines.sh

demo_steps() {
    install_packages peer
    trap 'stop_all' EXIT
    title "PostgreSQL, Ceph's gateway, three servers, and nginx before them"
    declare -gA pids=() ports=() s3_ports=()
    start_postgres
    start_gateway
    write_configuration
    for name in a b c d; do
        ports[$name]=$(free_port)
        s3_ports[$name]=$(free_port)
    done
    start_first
    start_nginx
    log_in

    title "1 · Clients write through nginx, by REST, S3 and push, and read what they wrote"
    start_clients
    writes_continue
    disturb
    finish_clients
}

write_configuration() {
    {
        printf 'server:\n  behindProxy: true\n'
        engine_section
    } >"$demo/hutch.yaml"
    show cat "$demo/hutch.yaml"
}

# run_server NAME: with a folder of its own, empty when it is new.
run_server() {
    printf '\033[36m$\033[0m hutch serve --config hutch.yaml --data server-%s --http 127.0.0.1:%s --s3 127.0.0.1:%s &\n' \
        "$1" "${ports[$1]}" "${s3_ports[$1]}"
    in_background "$1" "$program" serve --config "$demo/hutch.yaml" --data "$demo/server-$1" \
        --http "127.0.0.1:${ports[$1]}" --s3 "127.0.0.1:${s3_ports[$1]}"
}

is_ready() { curl --silent --fail --max-time 5 --output /dev/null "http://127.0.0.1:${ports[$1]}/health/ready"; }

start_first() {
    for name in a b c; do run_server "$name"; done
    for name in a b c; do eventually "server $name is ready" is_ready "$name"; done
    show grep -h "First start" "$demo"/{a,b,c}.log
    check "one of them made the administrator" test "$(find "$demo" -name admin.token | wc -l)" -eq 1
}

start_nginx() {
    nginx_port=$(free_port) nginx_s3=$(free_port)
    write_nginx "$(upstream rest "127.0.0.1:$nginx_port" "${ports[@]}")" "$(upstream s3 "127.0.0.1:$nginx_s3" "${s3_ports[@]}")"
    in_background nginx nginx -c "$demo/nginx.conf"
    server=http://127.0.0.1:$nginx_port
    eventually "nginx passes requests on" curl --silent --fail --output /dev/null "$server/health/live"
}

servers_are() { [[ $(hutch servers --json | jq '.servers | length') -eq $1 ]]; }

log_in() {
    as operator
    local token
    token=$(find "$demo" -name admin.token)
    show_reading "$token" hutch login "$server"
    check "the operator is logged in, through nginx" succeeded
    cp "$token" "$demo/token"
    show_both hutch servers
    eventually "three servers share the site" servers_are 3
}

start_clients() {
    local dataset
    for dataset in pushed written; do
        mkdir "$demo/$dataset"
        (cd "$demo/$dataset" && hutch init --name "$dataset" --json >"$demo/$dataset.json")
    done
    hutch token create --s3 --json >"$demo/s3.json"
    : >"$demo/faults"
    : >"$demo/acknowledged"
    in_background clients /usr/bin/python3 "$root/build/demos/cluster.py" "$demo" "$program" "$server" "http://127.0.0.1:$nginx_s3"
}

# How many more writes of REST and S3 must be acknowledged before the next fault, and how many pushes.
writes=200 pushes=1

acknowledged() { grep -c "$1" "$demo/acknowledged" || true; }

# writes_continue: waits until clients of each kind have had writes acknowledged since it was called: however slow the machine is, each fault
# has writes before and after it.
writes_continue() {
    local direct pushed
    direct=$(acknowledged 'REST\|S3') pushed=$(acknowledged push)
    eventually "writes by REST, S3 and push are acknowledged" are_acknowledged $((direct + writes)) $((pushed + pushes))
}

are_acknowledged() { (($(acknowledged 'REST\|S3') >= $1 && $(acknowledged push) >= $2)); }

pause() { sleep "$1"; }

# fault WORDS: from now on an interruption counts as this one's.
fault() {
    printf '%s %s\n' "$(now_ms)" "$1" >>"$demo/faults"
    say "  $1"
}

kill_server() {
    kill -KILL "${pids[$1]}"
    wait "${pids[$1]}" 2>/dev/null || true
}

disturb() {
    title "2 · A server is killed, and started again"
    fault "kill -9 of server a"
    kill_server a
    writes_continue
    run_server a
    eventually "server a is ready again" is_ready a

    title "3 · PostgreSQL stops as in a crash, and comes back"
    fault "PostgreSQL stopped in immediate mode, for 2 s"
    kill -QUIT "${pids[postgres]}"
    pause 2
    # Its folder is locked until it has ended.
    while kill -0 "${pids[postgres]}" 2>/dev/null; do sleep 0.05; done
    run_postgres
    eventually "server a is ready" is_ready a
    writes_continue

    title "4 · Ceph's gateway is paused"
    fault "gateway paused (SIGSTOP), for 5 s"
    kill -STOP "$gateway_pid"
    pause 5
    kill -CONT "$gateway_pid"
    writes_continue

    title "5 · A fourth server joins with an empty folder, one leaves, one more is killed"
    run_server d
    eventually "server d is ready" is_ready d
    fault "server b told to stop"
    kill -TERM "${pids[b]}"
    code=0
    wait "${pids[b]}" || code=$?
    check "server b left in order" test "$code" -eq 0
    writes_continue
    fault "kill -9 of server c"
    kill_server c
    writes_continue
    show_both hutch servers
}

finish_clients() {
    title "6 · Every acknowledged write is read again, at each server that is left"
    touch "$demo/stop"
    printf 'http://127.0.0.1:%s\n' "${ports[a]}" "${ports[d]}" >"$demo/left"
    code=0
    wait "${pids[clients]}" || code=$?
    cat "$demo/clients.log"
    check "nothing was lost, and no read was stale" test "$code" -eq 0
}

stop_all() { stop_stores clients a b c d nginx; }

stop_server() { stop_all; }

demo_goodbye() {
    stop_all
    cat <<TEXT

All that was started is stopped. What it wrote: ${demo#"$root"/}
TEXT
}
