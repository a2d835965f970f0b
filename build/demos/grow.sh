# shellcheck shell=bash
# A site in a data folder moves to PostgreSQL and Ceph's gateway and back, while four clients write. Its process hands over: no client is
# refused. At the end every acknowledged write is compared by hash, and so is what users had before: ids, versions, entity tags, commits.
# --size=2G: the bytes in the folder at the start.

# shellcheck source=/dev/null
source build/demos/cluster.sh

large_bytes=33554432

demo_steps() {
    install_packages peer
    trap 'stop_all' EXIT
    title "PostgreSQL, Ceph's gateway, and a server on a data folder"
    declare -gA pids=()
    start_postgres
    start_gateway
    write_places
    start_site
    fill_site
    note_seen before

    title "1 · Four clients write"
    hutch token create --s3 --json >"$demo/s3.json"
    : >"$demo/acknowledged"
    in_background clients /usr/bin/python3 "$root/build/demos/grow.py" "$demo" "$server" "http://127.0.0.1:$s3_port"
    writes_continue

    title "2 · To the engines: copied and read again behind, then handed over"
    move "$demo/through" folder engines
    note_seen engines
    check "ids, versions, entity tags, commits, rights and keys are as before" diff "$demo/seen-before" "$demo/seen-engines"

    title "3 · Back into a data folder"
    move "$demo/back" engines returned
    note_seen returned
    check "ids, versions, entity tags, commits, rights and keys are as before" diff "$demo/seen-before" "$demo/seen-returned"

    title "4 · Every acknowledged write is read again, and its hash compared"
    touch "$demo/stop"
    code=0
    wait "${pids[clients]}" || code=$?
    cat "$demo/clients.log"
    check "nothing was lost, and no write was refused" test "$code" -eq 0
    show_both hutch verify taken
    check "every byte that was there before is whole" succeeded

    title "5 · The old places stay shut"
    kill -TERM "${pids[site]}"
    wait "${pids[site]}" 2>/dev/null || true
    for name in folder engines; do
        show_both hutch serve --config "$demo/$name.yaml"
        check "no server starts there" refused
        check "it says where the site is" said "has moved to"
    done
}

# One configuration for each place, all with the same addresses.
write_places() {
    site_port=$(free_port) s3_port=$(free_port)
    server=http://127.0.0.1:$site_port
    printf 'aws_access_key_id = %s\naws_secret_access_key = %s\n' "$gateway_key" "$gateway_secret" >"$demo/bucket.key"
    chmod 600 "$demo/bucket.key"
    for name in folder engines returned; do
        cat >"$demo/$name.yaml" <<YAML
server:
  data: $demo/data-$name
  http: 127.0.0.1:$site_port
s3:
  address: 127.0.0.1:$s3_port
YAML
    done
    cat >>"$demo/engines.yaml" <<YAML
engine:
  records: postgres://hutch@127.0.0.1:$pg_port/hutch
  objects: s3://127.0.0.1:$gateway_port/hutch
  objectsKeyFile: $demo/bucket.key
YAML
    show cat "$demo/engines.yaml"
}

start_site() {
    in_background site "$program" serve --config "$demo/folder.yaml"
    eventually "the server is ready" curl --silent --fail --output /dev/null "$server/health/ready"
    as admin
    show_reading "$demo/data-folder/admin.token" hutch login "$server"
    check "the administrator is logged in" succeeded
    cp "$demo/data-folder/admin.token" "$demo/token"
}

fill_site() {
    local bytes files
    bytes=$(numfmt --from=iec "${demo_size:-2G}")
    files=$((bytes / large_bytes))
    mkdir "$demo/taken"
    for ((i = 0; i < files; i++)); do head -c "$large_bytes" /dev/urandom >"$demo/taken/large-$i"; done
    for ((i = 0; i < 500; i++)); do echo "note $i" >"$demo/taken/note-$i.txt"; done
    (cd "$demo/taken" && hutch init --name taken --json >"$demo/taken.json" && hutch push --quiet -m "as taken")
    rm "$demo"/taken/large-*
    show hutch info taken
    check "the site has $(numfmt --to=iec "$bytes") of data" succeeded
    hutch user create ada --json | jq -r .token >"$demo/ada.token"
    hutch share taken --with ada --right read >/dev/null
    mkdir "$demo/written"
    (cd "$demo/written" && hutch init --name written --json >"$demo/written.json")
}

# note_seen NAME: what ada sees of the first dataset, and the key of S3.
note_seen() {
    local id
    id=$(jq -r .id "$demo/taken.json")
    {
        for path in "" /snapshots /snapshots/1 /entries/note-7.txt /entries/large-0; do
            curl --silent --fail --dump-header "$demo/headers" -H "Authorization: Bearer $(<"$demo/ada.token")" \
                "$server/api/v1/datasets/$id$path" | sha256sum | sed "s|-|$path|"
            grep -i '^etag:' "$demo/headers" || true
        done
        git ls-remote "http://ada:$(<"$demo/ada.token")@127.0.0.1:$site_port/git/admin/taken"
        hutch list taken --recursive --json | sha256sum
    } >"$demo/seen-$1"
    check "ada sees $(wc -l <"$demo/seen-$1") facts" test "$(grep -c refs/ "$demo/seen-$1")" -gt 0
}

# move THROUGH FROM TO
move() {
    show hutch migrate "$1" --config "$demo/$2.yaml" --to "$demo/$3.yaml"
    check "the site was copied and read again while it served" succeeded
    writes_continue
    show_both hutch migrate "$1" --config "$demo/$2.yaml" --to "$demo/$3.yaml" --hand-over
    check "the site was handed over" succeeded
    writes_continue
}

writes_continue() {
    local so_far
    so_far=$(wc -l <"$demo/acknowledged")
    eventually "writes are acknowledged" are_written $((so_far + 100))
}

are_written() { (($(wc -l <"$demo/acknowledged") >= $1)); }

stop_all() {
    local name
    for name in clients site; do kill -TERM "${pids[$name]:-}" 2>/dev/null || true; done
    for name in clients site; do wait "${pids[$name]:-}" 2>/dev/null || true; done
    kill -QUIT "${pids[postgres]:-}" 2>/dev/null || true
    exec 8>&-
    wait "${pids[ceph]:-}" 2>/dev/null || true
    rm -rf "${pg_data:-/nonexistent}"
}
