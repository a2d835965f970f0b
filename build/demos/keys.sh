# shellcheck shell=bash
# A key of ada is narrowed twice without a server: on the command line to one folder, in Python to reading one run in it. Its holder reads this
# at two sites by REST, WebDAV, S3 (boto3, rclone) and a mount, and nothing else by any of them. Then the token is revoked. A partner's login
# service signs a token, which reads what a rule gives.

demo_steps() {
    install_packages peer
    trap 'stop_all' EXIT
    declare -gA pids=() web=() s3=()
    names=(facility archive)
    export PYTHONPATH=$root/python/src PYTHONDONTWRITEBYTECODE=1
    cd "$demo" || return
    start_partner
    start_sites
    measure
    narrow
    read_by_key
    read_by_mount
    revoke
    read_as_partner
    sum_up
}

start_partner() {
    title "1 · A partner with a login service, and two sites of a zone whose rules name it"
    mkdir partner
    in_background partner /usr/bin/python3 "$root/build/demos/keys.py" partner partner
    eventually "the partner shows its public key" test -s partner/port
}

address_of() { echo "http://${web[$1]}"; }

# configure NAME NUMBER: each site has an address of its own, because cookies do not tell ports apart.
configure() {
    web[$1]=127.0.0.$2:$(free_port) s3[$1]=127.0.0.$2:$(free_port)
    local issuer
    issuer=http://127.0.0.1:$(<partner/port)
    {
        printf 'server:\n  name: %s\n  publicUrl: %s\n' "$1" "$(address_of "$1")"
        [[ $1 != facility ]] || printf 'sites:\n  listen: 127.0.0.1:%s\n' "$(free_port)"
        cat <<YAML
partners:
  issuers:
    - id: partner
      issuer: $issuer
      keys: $issuer/keys
      audiences: [https://hutch.demo]
      rules:
        - { path: /run3, gives: ada/scan }
YAML
    } >"$1.yaml"
}

run_site() {
    printf '\033[36m$\033[0m hutch serve --config %s.yaml --data %s --http %s --s3 %s &\n' "$1" "$1" "${web[$1]}" "${s3[$1]}"
    in_background "$1" "$program" serve --config "$1.yaml" --data "$demo/$1" --http "${web[$1]}" --s3 "${s3[$1]}"
}

is_ready() { curl --silent --fail --max-time 5 --output /dev/null "$(address_of "$1")/health/ready"; }

start_sites() {
    configure facility 1
    configure archive 2
    show cat archive.yaml
    local site
    for site in "${names[@]}"; do run_site "$site"; done
    for site in "${names[@]}"; do eventually "$site is ready" is_ready "$site"; done
    as admin
    show_reading facility/admin.token hutch login "$(address_of facility)"
    hutch site invite archive --label tier=archive --quiet >archive.join
    as archive
    hutch login "$(address_of archive)" --quiet <archive/admin.token >/dev/null
    show_reading archive.join hutch site join --quiet
    check "the archive joined" succeeded
    as admin
    eventually "it is connected" is_connected
}

is_connected() { hutch site list 2>&1 | grep -qE '^archive +connected'; }

measure() {
    title "2 · A private dataset of ada's, with a copy at the archive"
    hutch user create ada --json | jq -r .token >ada.token
    as ada
    hutch login "$(address_of facility)" --quiet <ada.token >/dev/null
    mkdir -p scan/raw/run1 scan/raw/run10 scan/raw/run2 other
    local file
    for file in scan/raw/run1/frames.raw scan/raw/run1/more.raw scan/raw/run10/frames.raw scan/raw/run2/frames.raw scan/raw/notes.txt scan/notes.txt other/notes.txt; do
        head -c 300000 /dev/urandom >"$file"
    done
    local name
    for name in scan other; do
        (cd "$name" && hutch init --name "$name" --quiet && hutch push --quiet -m "as measured")
        hutch replicate "$name" --to archive >/dev/null
        eventually "the archive has a whole copy of $name" has_copy "$name"
    done
    id=$(hutch info scan --json | jq -r .id)
    other=$(hutch info other --json | jq -r .id)
}

has_copy() { hutch replicate "$1" --json | jq -e '.items[] | select(.site == "archive" and .state == "complete")' >/dev/null; }

narrow() {
    title "3 · A key, narrowed twice without a server"
    show_quietly key.json hutch token create --narrowable --sites archive --json
    jq -r .token key.json >key.txt
    # No server answers at this address: narrowing asks none.
    show_quietly folder.txt env HUTCH_REMOTE=http://127.0.0.1:9 "$program" token narrow --token-file key.txt --folder "$id/raw" --for 3d
    cat >narrow.py <<'PYTHON'
import sys, hutch
key = hutch.Key(open("folder.txt").read()).narrow(folder=sys.argv[1] + "/raw/run1", scopes="read")
open("run.txt", "w").write(key.reveal())
print(key.explain())
PYTHON
    show /usr/bin/python3 narrow.py "$id"
    check "Python narrowed it again" succeeded
    show_reading run.txt hutch token explain
    check "the command says the same: it reads a folder" said 'narrowed twice|narrowed 2 times'
}

# show_quietly FILE COMMAND…: a command whose output is a secret.
show_quietly() {
    local file=$1
    shift
    printf '\033[36m%s$\033[0m %s > %s\n' "$demo_person" "$(typed "$@")" "$file"
    "$@" >"$file" 2>/dev/null </dev/null || die "failed: $*"
}

# write_plan KEY: the attempts with a key or a token, for keys.py.
write_plan() {
    local site file
    {
        for site in "${names[@]}"; do
            jq -n --arg site "$site" --arg web "$(address_of "$site")" --arg s3 "${s3[$site]}" --arg region "$(region_of "$site")" \
                '{sites: {($site): {web: $web, s3: $s3, region: $region}}}'
        done
        find scan -name '*.raw' -o -name 'notes.txt' | while read -r file; do
            jq -n --arg file "ada/$file" --arg hash "$(sha256sum "$file" | cut -d' ' -f1)" '{hashes: {($file): $hash}}'
        done
        jq -n --arg key "$1" --arg id "$id" --arg other "$other" '{key: $key, datasets: {"ada/scan": $id, "ada/other": $other}}'
    } | jq -s 'reduce .[] as $one ({}; . * $one)'
}

region_of() { if [[ $1 == facility ]]; then echo us-east-1; else echo "$1"; fi; }

read_by_key() {
    touch rclone.conf
    title "4 · Its holder reads one folder at two sites, and nothing else by any door"
    write_plan run.txt | jq '. + {
        inside: [["ada/scan", "raw/run1/frames.raw"], ["ada/scan", "raw/run1/more.raw"]],
        outside: [["ada/scan", "notes.txt"], ["ada/scan", "raw/notes.txt"], ["ada/scan", "raw/run2/frames.raw"],
            ["ada/scan", "raw/run10/frames.raw"], ["ada/scan", "raw/run1/../run2/frames.raw"], ["ada/scan", "raw/run1/%2e%2e/run2/frames.raw"],
            ["ada/other", "notes.txt"]]}' >plan.json
    show /usr/bin/python3 "$root/build/demos/keys.py" "try" plan.json
    check "each door of both sites gives the folder alone" succeeded
}

read_by_mount() {
    title "5 · A mount with it, at each site"
    export HUTCH_TOKEN
    HUTCH_TOKEN=$(<run.txt)
    local site
    as holder
    for site in "${names[@]}"; do
        mkdir "mnt-$site"
        printf '\033[36m%s$\033[0m %s\n' holder "hutch mount ada/scan mnt-$site --remote $(address_of "$site")"
        in_background "mount-$site" "$program" mount ada/scan "mnt-$site" --remote "$(address_of "$site")"
        eventually "$site is mounted" is_mounted "mnt-$site"
        check "byte for byte" cmp --silent scan/raw/run1/frames.raw "mnt-$site/raw/run1/frames.raw"
        check "nothing else is there" test "$(find "mnt-$site" -type f | sort)" = "$(printf 'mnt-%s/raw/run1/frames.raw\nmnt-%s/raw/run1/more.raw' "$site" "$site")"
    done
    unset HUTCH_TOKEN
}

is_mounted() { [[ -e $1/raw/run1/frames.raw ]]; }

revoke() {
    title "6 · The token is revoked"
    as ada
    in_background watch /usr/bin/python3 "$root/build/demos/keys.py" watch plan.json refused.json
    eventually "its holder reads at each site and door, again and again" test -s refused.json.reading
    local start
    start=$(now_ms)
    show_both hutch token revoke "$(jq -r .id key.json)"
    check "it is revoked" succeeded
    wait "${pids[watch]}" || true
    unset "pids[watch]"
    jq -r --argjson start "$start" 'to_entries[] | "\(.key) \((.value - $start) / 1000) s"' refused.json
    revoked_seconds=$(jq -r --argjson start "$start" '(([.[]] | max) - $start) / 1000 | . * 10 | round / 10' refused.json)
    check "refused at all doors of both sites within 5 s: $revoked_seconds s" test "$(jq length refused.json)" -eq 8 -a "${revoked_seconds%.*}" -lt 5
    local site
    for site in "${names[@]}"; do
        check "the mount of $site gives nothing that it had not read" is_closed "mnt-$site"
    done
}

is_closed() { ! cmp --silent scan/raw/run1/more.raw "$1/raw/run1/more.raw"; }

read_as_partner() {
    title "7 · A token of the partner reads what the rule gives"
    show_quietly partner.txt /usr/bin/python3 "$root/build/demos/keys.py" token partner "storage.read:/run3"
    write_plan partner.txt | jq '. + {
        inside: [["ada/scan", "raw/run1/frames.raw"], ["ada/scan", "notes.txt"]], outside: [["ada/other", "notes.txt"]]}' >partner.json
    show /usr/bin/python3 "$root/build/demos/keys.py" "try" partner.json
    check "it reads the dataset of the rule at both sites, and no other" succeeded
    local scope
    for scope in storage.read:/run33 storage.modify:/run3; do
        show_quietly partner.txt /usr/bin/python3 "$root/build/demos/keys.py" token partner "$scope"
        write_plan partner.txt | jq '. + {inside: [], outside: [["ada/scan", "notes.txt"], ["ada/other", "notes.txt"]]}' >partner.json
        show /usr/bin/python3 "$root/build/demos/keys.py" "try" partner.json
        check "$scope reads nothing" succeeded
    done
}

sum_up() {
    cat <<TEXT

narrowed without a server                 twice: by the command, and in Python
read by REST, WebDAV, boto3, rclone, mount  one folder, at two sites
refused at all of them after              $revoked_seconds s
TEXT
}

in_background() {
    local name=$1
    shift
    setsid "$@" </dev/null >"$name.log" 2>&1 &
    pids[$name]=$!
}

stop_all() {
    local name
    for name in facility archive; do fusermount3 -u "$demo/mnt-$name" 2>/dev/null || true; done
    for name in "${!pids[@]}"; do kill -TERM "${pids[$name]}" 2>/dev/null || true; done
    wait
    pids=()
}

stop_server() { stop_all; }

demo_goodbye() {
    stop_all
    cat <<TEXT

All that was started is stopped. What it wrote: ${demo#"$root"/}
TEXT
}
