# shellcheck shell=bash
# The stores of demos: PostgreSQL, Ceph's gateway, and nginx before several servers. A demo sources it, and has the process ids in pids.

gateway_key=DEMO gateway_secret=only-on-this-loopback

# in_background NAME COMMAND…: its process id is kept under the name.
in_background() {
    local name=$1
    shift
    setsid "$@" </dev/null >"$demo/$name.log" 2>&1 &
    pids[$name]=$!
}

# The postmaster does not run as root.
as_postgres() { if ((EUID == 0)); then setpriv --reuid postgres --regid postgres --init-groups "$@"; else "$@"; fi; }

start_postgres() {
    pg_bin=$(printf '%s\n' /usr/lib/postgresql/*/bin | sort -V | tail -1)
    pg_port=$(free_port) pg_data=$(mktemp -d /tmp/hutch-demo-postgres-XXXXXX)
    ((EUID != 0)) || chown postgres "$pg_data"
    as_postgres "$pg_bin/initdb" -D "$pg_data/data" -U hutch --auth trust --encoding UTF8 --locale C.UTF-8 >"$demo/initdb.log"
    run_postgres
    "$pg_bin/createdb" -h 127.0.0.1 -p "$pg_port" -U hutch hutch
    check "PostgreSQL answers" "$pg_bin/pg_isready" -q -h 127.0.0.1 -p "$pg_port"
}

run_postgres() {
    as_postgres setsid "$pg_bin/postgres" -D "$pg_data/data" -p "$pg_port" -c listen_addresses=127.0.0.1 -c unix_socket_directories= \
        -c max_connections=300 </dev/null >>"$demo/postgres.log" 2>&1 &
    until "$pg_bin/pg_isready" -q -h 127.0.0.1 -p "$pg_port"; do sleep 0.05; done
    pids[postgres]=$(head -1 "$pg_data/data/postmaster.pid")
}

# It ends when the pipe that it reads does.
start_gateway() {
    local start
    start=$(now_ms)
    gateway_port=$(free_port)
    mkfifo "$demo/gateway-in" "$demo/gateway-out"
    tests/Hutch.Peers/Ceph/ceph.sh "$demo/ceph" "$gateway_port" "$gateway_key" "$gateway_secret" <"$demo/gateway-in" >"$demo/gateway-out" &
    pids[ceph]=$!
    exec 8>"$demo/gateway-in"
    read -r gateway_pid _ <"$demo/gateway-out" || die "Ceph's gateway did not start: see ${demo#"$root"/}/ceph.log"
    AWS_ACCESS_KEY_ID=$gateway_key AWS_SECRET_ACCESS_KEY=$gateway_secret /usr/bin/python3 -c "
import boto3
boto3.client('s3', endpoint_url='http://127.0.0.1:$gateway_port', region_name='us-east-1').create_bucket(Bucket='hutch')"
    check "Ceph's gateway answers (after $(seconds_since "$start") s)" true
}

# engine_section: the part of a server's configuration about them. A separate file contains the key of the gateway.
engine_section() {
    write_gateway_key
    cat <<YAML
engine:
  records: postgres://hutch@127.0.0.1:$pg_port/hutch
  objects: s3://127.0.0.1:$gateway_port/hutch
  objectsKeyFile: $demo/bucket.key
YAML
}

write_gateway_key() {
    printf 'aws_access_key_id = %s\naws_secret_access_key = %s\n' "$gateway_key" "$gateway_secret" >"$demo/bucket.key"
    chmod 600 "$demo/bucket.key"
}

# write_nginx UPSTREAM…: its configuration.
write_nginx() {
    {
        echo "daemon off; pid $demo/nginx.pid; error_log $demo/nginx-error.log; events { worker_connections 1024; }"
        echo "http { access_log off; client_max_body_size 0; proxy_request_buffering off; proxy_max_temp_file_size 0; proxy_http_version 1.1; proxy_connect_timeout 1s;"
        echo "  proxy_set_header Host \$http_host; proxy_set_header X-Forwarded-For \$remote_addr; proxy_next_upstream error timeout http_503;"
        printf '%s\n' "$@"
        for part in client_body proxy fastcgi uwsgi scgi; do echo "  ${part}_temp_path $demo/nginx-$part;"; done
        echo "}"
    } >"$demo/nginx.conf"
}

# upstream NAME HOST:PORT SERVER-PORT…: requests to the address go to the servers in turn.
upstream() {
    local name=$1 address=$2
    shift 2
    echo "  upstream $name { $(printf 'server 127.0.0.1:%s max_fails=1 fail_timeout=1s; ' "$@")}"
    echo "  server { listen $address; location / { proxy_pass http://$name; } }"
}

# stop_stores NAME…: ends those programs of the demo, by their process ids, and then the stores.
stop_stores() {
    local name
    kill -CONT "${gateway_pid:-}" 2>/dev/null || true
    for name in "$@"; do kill -TERM "${pids[$name]:-}" 2>/dev/null || true; done
    for name in "$@"; do wait "${pids[$name]:-}" 2>/dev/null || true; done
    kill -QUIT "${pids[postgres]:-}" 2>/dev/null || true
    exec 8>&-
    wait "${pids[ceph]:-}" 2>/dev/null || true
    rm -rf "${pg_data:-/nonexistent}"
}
