# shellcheck shell=bash
# Three independent sites: a facility whose agent watches a microscope, and which has the accounts; an archive; a compute site. Each is a server with a
# disk of its own. Datasets go where rules say, are read everywhere, and are computed with; then each server is killed in the middle of a copy.

movies=8
session=20211227125_Demo
large_bytes=$((1 << 30))

demo_steps() {
    size=${demo_size:-1024x1024}
    trap 'stop_all' EXIT
    declare -gA pids=() ports=() doors=()
    for site in facility archive compute; do
        ports[$site]=$(free_port)
        doors[$site]=$(free_port)
    done
    cd "$demo" || return
    start_facility
    join archive long-term
    join compute compute
    measure
    read_elsewhere
    compute
    kill_each
    without_facility
    sum_up
}

# run_site NAME: with its own folder, at the addresses that it had before.
run_site() {
    printf '\033[36m$\033[0m hutch serve --config %s.yaml &\n' "$1"
    setsid "$out/hutch" serve --config "$demo/$1.yaml" </dev/null >>"$demo/$1.log" 2>&1 &
    pids[$1]=$!
    eventually "the server of $1 is ready" is_ready "$1"
}

is_ready() { curl --silent --fail --max-time 5 --output /dev/null "$(address_of "$1")/health/ready"; }

address_of() { echo "http://127.0.0.1:${ports[$1]}"; }

# configure NAME: what is the same for all three.
configure() {
    cat <<YAML
server:
  name: $1
  data: $demo/$1
  http: 127.0.0.1:${ports[$1]}
  publicUrl: $(address_of "$1")
s3:
  address: 127.0.0.1:0
sites:
  listen: 127.0.0.1:${doors[$1]}
YAML
}

start_facility() {
    title "A facility: it has the accounts, and its agent watches the folder of a microscope"
    krios=$demo/krios
    mkdir "$krios"
    {
        configure facility
        printf 'agent:\n  folders:\n    - watch: %s\n' "$krios"
    } >facility.yaml
    show cat facility.yaml
    run_site facility
    as facility
    show_reading facility/admin.token hutch login "$(address_of facility)"
    check "the operator is logged in" succeeded
}

# join NAME TIER
join() {
    title "$1 joins with one token"
    configure "$1" >"$1.yaml"
    run_site "$1"
    as facility
    hutch_to "$1.join" site invite "$1" --label "tier=$2"
    as "$1"
    show_reading "$1/admin.token" hutch login "$(address_of "$1")"
    show_reading "$1.join" hutch site join
    check "it joined" succeeded
    as facility
    hutch_to "$1.token" token create --site "$1" --scope read --scope write --scope manage --scope admin
    as "$1"
    show_reading "$1.token" hutch login "$(address_of "$1")"
    check "the same operator is let in there, with a token for that site" succeeded
    as facility
    show hutch site list
    check "the facility is connected with it" said "$1 +connected +tier=$2"
}

# hutch_to FILE ARGUMENT…: a command whose output is a secret.
hutch_to() {
    local file=$1
    shift
    printf '\033[36m%s$\033[0m hutch %s > %s\n' "$demo_person" "$*" "$file"
    hutch "$@" --quiet >"$file"
}

measure() {
    title "1 · A rule for all sessions; then one is measured, and is in the archive by itself"
    as facility
    show hutch rule add '1 copies where tier=long-term' --type cryoem/spa
    check "there is a rule" succeeded
    printf '\033[36m$\033[0m %s\n' "hutch simulate microscope krios --session $session --movies $movies --size $size --rate 4"
    hutch simulate microscope "$krios" --session "$session" --movies "$movies" --size "$size" --rate 4 \
        --metadata "$root/tests/data/facility/SPA.yml" --quiet >/dev/null
    local ended
    ended=$(now_ms)
    eventually "the agent has made it a dataset, and hashed it" has_ended
    dataset=$(hutch agent status --json | jq -r '.items[0].dataset')
    eventually "the rule is fulfilled" rules_are fulfilled "$dataset"
    rule_seconds=$(seconds_since "$ended")
    show hutch rule status "$dataset"
    show hutch replicate "$dataset"
    check "the archive says which version it has, whole and verified" said "archive +complete +@"
    hutch share "$dataset" --link --json >link.json
    link=$(jq -r .url link.json)
    link_answer=$(read_link)
    check "its owner gives a link to somebody without an account" test -n "$link_answer"
}

has_ended() { hutch agent status --state published --json | jq -e '.items[] | select(.pendingHashes == 0)' >/dev/null && hutch log "$dataset" --json | grep -q .; }

# rules_are STATE DATASET
rules_are() { [[ $(hutch rule status "$2" --json | jq -r '[.items[].state] | unique | join(" ")') == "$1" ]]; }
