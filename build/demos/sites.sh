# shellcheck shell=bash
# One zone, three sites as they are run: the zone on a data folder; an archive on PostgreSQL and Ceph's gateway with two servers; a community
# site, a data folder over a bucket. One login in a browser and one S3 key open a private dataset at all three. Then the key is revoked, and
# what a thief finds at one site is tried at the others. A fourth site is hostile: it sends a link, and gets nothing.

# shellcheck source=/dev/null
source build/engines.sh

large_bytes=$((8 << 20))

# Cookies do not tell ports apart, so that each site has an address of its own.
declare -A hosts=([facility]=127.0.0.1 [archive]=127.0.0.2 [community]=127.0.0.3 [mallory]=127.0.0.4)
names=(facility archive community)

demo_steps() {
    install_packages peer
    trap 'stop_all' EXIT
    declare -gA pids=() web=() s3=()
    title "A zone, and two sites that join it"
    start_postgres
    start_gateway
    make_bucket community
    for site in "${names[@]}" mallory; do
        web[$site]=${hosts[$site]}:$(free_port)
        s3[$site]=${hosts[$site]}:$(free_port)
    done
    write_configurations
    start_sites
    join archive
    show hutch site trust archive
    check "the archive is trusted, the others are not" succeeded
    join community
    join mallory
    cd "$demo" || return
    measure
    log_in_once
    read_everywhere
    read_by_key
    disturb
    steal
    revoke
    sum_up
}

address_of() { echo "http://${web[$1]}"; }

# configure NAME: the part that all have.
configure() {
    cat <<YAML
server:
  name: $1
  publicUrl: $(address_of "$1")
s3:
  names: ['${s3[$1]}']
YAML
}

write_configurations() {
    zone_door=127.0.0.1:$(free_port)
    {
        configure facility
        printf 'sites:\n  listen: %s\n' "$zone_door"
    } >"$demo/facility.yaml"
    {
        configure archive | sed 's/^server:/&\n  behindProxy: true/'
        engine_section
    } >"$demo/archive.yaml"
    {
        configure community
        cat <<YAML
storage:
  bucket:
    address: s3://127.0.0.1:$gateway_port/community
    keyFile: $demo/bucket.key
    cacheBytes: 0
    sealAfterSeconds: 5
YAML
    } >"$demo/community.yaml"
    configure mallory >"$demo/mallory.yaml"
    show cat "$demo/archive.yaml"
    show cat "$demo/community.yaml"
}

# run_server NAME SITE HTTP S3
run_server() {
    printf '\033[36m$\033[0m hutch serve --config %s.yaml --data %s --http %s --s3 %s &\n' "$2" "$1" "$3" "$4"
    in_background "$1" "$program" serve --config "$demo/$2.yaml" --data "$demo/$1" --http "$3" --s3 "$4"
}

is_ready() { curl --silent --fail --max-time 5 --output /dev/null "http://$1/health/ready"; }

start_sites() {
    local -a http=() objects=()
    run_server facility facility "${web[facility]}" "${s3[facility]}"
    run_server community community "${web[community]}" "${s3[community]}"
    run_server mallory mallory "${web[mallory]}" "${s3[mallory]}"
    for number in 1 2; do
        http+=("$(free_port)") objects+=("$(free_port)")
        run_server "archive-$number" archive "127.0.0.1:${http[-1]}" "127.0.0.1:${objects[-1]}"
    done
    for port in "${http[@]}"; do eventually "a server of the archive is ready" is_ready "127.0.0.1:$port"; done
    write_nginx "$(upstream rest "${web[archive]}" "${http[@]}")" "$(upstream s3 "${s3[archive]}" "${objects[@]}")"
    in_background nginx nginx -c "$demo/nginx.conf"
    for site in "${names[@]}" mallory; do eventually "$site answers at $(address_of "$site")" is_ready "${web[$site]}"; done
    as admin
    show_reading "$demo/facility/admin.token" hutch login "$(address_of facility)"
    check "the administrator of the zone is logged in" succeeded
}

# join NAME
join() {
    as admin
    hutch site invite "$1" --label "tier=$1" --quiet >"$demo/$1.join"
    as "$1"
    hutch login "$(address_of "$1")" --quiet <"$(find "$demo" -path "$demo/$1*/admin.token")" >/dev/null
    show_reading "$demo/$1.join" hutch site join --quiet
    check "$1 joined with one token" succeeded
    as admin
    show hutch site portal "$1" "$(address_of "$1")" --run-by "$1"
    check "its portal is approved" succeeded
    eventually "it is connected with the zone" is_connected "$1"
}

is_connected() { hutch site list 2>&1 | grep -qE "^$1 +connected"; }

measure() {
    title "1 · A private dataset, with a copy at each site"
    as admin
    hutch user create ada --json | jq -r .token >ada.token
    login_link=$(hutch user login-link ada --json | jq -r .url)
    as ada-at-the-instrument
    hutch login "$(address_of facility)" --quiet <ada.token >/dev/null
    mkdir scan
    echo "The beam stop shades the lower left corner." >scan/notes.txt
    head -c "$large_bytes" /dev/urandom >scan/frames.raw
    (cd scan && hutch init --name scan --quiet && hutch push --quiet -m "as measured")
    id=$(hutch info scan --json | jq -r .id)
    for site in archive community; do
        show hutch replicate scan --to "$site"
        eventually "$site has a whole copy" has_copy "$site"
    done
    check "who is not logged in does not see it at any site" is_private
}

has_copy() {
    hutch replicate scan --json | jq -e --arg site "$1" '.items[] | select(.site == $site and .state == "complete")' >/dev/null
}

is_private() {
    local site
    for site in "${names[@]}"; do
        [[ $(curl --silent --output /dev/null --write-out '%{http_code}' "$(address_of "$site")/api/v1/datasets/$id") == 401 ]] || return
    done
}

log_in_once() {
    title "2 · One login, in a browser: a hostile site gets nothing, the three show the dataset, the command line is approved"
    as admin
    local hostile_id
    hostile_id=$(hutch site list --json | jq -r '.items[] | select(.name == "mallory").id')
    as ada
    # git's settings and the tokens for it, too.
    export HOME=$XDG_CONFIG_HOME
    printf '\033[36m%s$\033[0m %s\n' ada "hutch login $(address_of facility) --device"
    in_background login "$program" login "$(address_of facility)" --device
    eventually "it asks for approval" grep --quiet "enter the code" login.log
    code=0
    /usr/bin/python3 "$root/build/demos/sites.py" browse "$demo" "$login_link" "$(sed -n 's/.*the code \([A-Z0-9-]*\)\..*/\1/p' login.log)" "$id" \
        "$(address_of mallory)" "$hostile_id" "$(address_of facility)" "$(address_of archive)" "$(address_of community)" | tee browsed || code=$?
    check "one login, and one answer to the zone for each site" succeeded
    eventually "the command line is logged in, without a token typed" grep --quiet "Logged in to .* as ada" login.log
    show_both hutch whoami --remote "$(address_of mallory)"
    check "the hostile site gets no login from it either: it names the page that asks" grep --quiet "consent?site=mallory" <<<"$shown"
}

read_everywhere() {
    title "3 · hutch clone and git clone read it at each site with that login"
    local site
    for site in "${names[@]}"; do
        show_both hutch clone ada/scan "clone-$site" --site "$site"
        check "byte for byte" diff --recursive --exclude .hutch scan "clone-$site"
        hutch datalad login --remote "$(address_of "$site")" --quiet >/dev/null
        show_both git clone --quiet "$(address_of "$site")/git/ada/scan" "git-$site"
        check "git read it from $site" cmp --silent scan/notes.txt "git-$site/notes.txt"
    done
}

read_by_key() {
    title "4 · One S3 key of the zone"
    printf '\033[36m%s$\033[0m %s\n' ada "hutch token create --s3 --sites archive community --json > key.json"
    hutch token create --s3 --sites archive community --json >key.json
    AWS_ACCESS_KEY_ID=$(jq -r .accessKey key.json) AWS_SECRET_ACCESS_KEY=$(jq -r .secretKey key.json)
    export AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_CONFIG_FILE=/dev/null AWS_SHARED_CREDENTIALS_FILE=/dev/null
    local site
    for site in "${names[@]}"; do
        eventually "$site knows the key" opens "$site"
        show aws --endpoint-url "http://${s3[$site]}" s3 cp --no-progress s3://ada.scan/frames.raw "frames-$site.raw"
        check "aws read it from $site" cmp --silent scan/frames.raw "frames-$site.raw"
    done
}

opens() { aws --endpoint-url "http://${s3[$1]}" s3api head-object --bucket ada.scan --key notes.txt >/dev/null 2>&1; }

disturb() {
    title "5 · PostgreSQL stops as in a crash and comes back; one of the archive's servers is killed"
    kill -QUIT "${pids[postgres]}"
    while kill -0 "${pids[postgres]}" 2>/dev/null; do sleep 0.05; done
    run_postgres
    kill -KILL "${pids[archive-1]}"
    wait "${pids[archive-1]}" 2>/dev/null || true
    eventually "the archive is ready" is_ready "${web[archive]}"
    eventually "the key opens it" opens archive
    show_both hutch clone ada/scan clone-again --site archive
    check "the login does, too: byte for byte" diff --recursive --exclude .hutch scan clone-again
}

steal() {
    title "6 · A thief has all of the community site's disk, and tries it at the others"
    code=0
    /usr/bin/python3 "$root/build/demos/sites.py" steal "$demo" "$id" "$zone_door" \
        "$(address_of facility)" "$(address_of archive)" "$(address_of community)" "${s3[facility]}" "${s3[archive]}" "${s3[community]}" || code=$?
    check "nothing of it opens another site" succeeded
}

revoke() {
    title "7 · The key is revoked"
    in_background refusals /usr/bin/python3 "$root/build/demos/sites.py" watch "$demo" "${s3[facility]}" "${s3[archive]}" "${s3[community]}"
    eventually "a program reads with it at each site, again and again" test -s reading
    local start
    start=$(now_ms)
    show_both hutch token revoke "$(jq -r .id key.json)"
    check "it is revoked, and each site has confirmed that" test "$code" -eq 0 -a -z "$(grep -i 'not confirmed' <<<"$shown")"
    wait "${pids[refusals]}" || true
    cat refusals.log
    revoked_seconds=$(jq -r --argjson start "$start" '(([.[]] | max) - $start) / 1000 | . * 10 | round / 10' refused.json)
    check "refused at all three within 5 s: $revoked_seconds s" test "${revoked_seconds%.*}" -lt 5
}

sum_up() {
    cat <<TEXT

one login in a browser, then one click a site   $(sed -n 's/^ *\(.* s\) from the click.*/\1/p' browsed | paste -sd, | sed 's/,/, /')
the S3 key was refused at all three after       $revoked_seconds s
TEXT
}

make_bucket() {
    AWS_ACCESS_KEY_ID=$gateway_key AWS_SECRET_ACCESS_KEY=$gateway_secret /usr/bin/python3 -c "
import boto3, sys
boto3.client('s3', endpoint_url='http://127.0.0.1:$gateway_port', region_name='us-east-1').create_bucket(Bucket=sys.argv[1])" "$1"
}

stop_all() { stop_stores login refusals nginx archive-1 archive-2 community mallory facility; }

stop_server() {
    local name code
    for name in archive-2 community mallory facility; do
        kill -TERM "${pids[$name]}"
        code=0
        wait "${pids[$name]}" || code=$?
        unset "pids[$name]"
        check "$name stopped when asked to" test "$code" -eq 0
    done
    stop_all
}

demo_goodbye() {
    stop_all
    cat <<TEXT

All that was started is stopped. What it wrote: ${demo#"$root"/}
TEXT
}
