# shellcheck shell=bash
# Three independent sites: a facility whose agent watches a microscope, and which has the accounts; an archive; a compute site. Each is a server with a
# disk of its own. Datasets go where rules say, are read everywhere, and are computed with; the facility gives up what the archive holds; then each
# server is killed in the middle of a copy.

movies=8
session=20211227125_Demo
large_bytes=$((512 << 20))

demo_steps() {
    size=${demo_size:-1024x1024}
    trap 'stop_all' EXIT
    declare -gA pids=() ports=() doors=()
    for site in facility archive compute; do
        ports[$site]=$(free_port)
        doors[$site]=$(free_port)
    done
    cd "$demo" || return
    # Sites reach the facility through it, so that a copy can be held on its way.
    relay=$(free_port)
    setsid /usr/bin/python3 "$root/build/demos/relay.py" "$relay" "${doors[facility]}" "$demo" </dev/null >relay.log 2>&1 &
    relay_pid=$!
    wait_beside "$relay_pid" test -s passed
    start_facility
    join archive
    join compute
    measure
    read_elsewhere
    compute
    give_up
    kill_each
    without_facility
    sum_up
}

# run_site NAME: with its own folder, at the addresses that it had before.
run_site() {
    printf '\033[36m$\033[0m hutch serve --config %s.yaml &\n' "$1"
    setsid "$program" serve --config "$demo/$1.yaml" </dev/null >>"$demo/$1.log" 2>&1 &
    pids[$1]=$!
    eventually "the server of $1 is ready" is_ready "$1"
}

is_ready() { curl --silent --fail --max-time 5 --output /dev/null "$(address_of "$1")/health/ready"; }

address_of() { echo "http://127.0.0.1:${ports[$1]}"; }

# configure NAME: the settings that are the same for all three sites.
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
    [[ $1 != facility || -z ${relay:-} ]] || echo "  address: 127.0.0.1:$relay"
}

start_facility() {
    title "A facility: it has the accounts, and its agent watches the folder of a microscope"
    krios=$demo/krios
    mkdir "$krios"
    {
        configure facility
        printf 'agent:\n  folders:\n    - watch: %s\n      close: true\n      keep: 60d\n      evict: true\n      copies: 1\n' "$krios"
    } >facility.yaml
    show cat facility.yaml
    run_site facility
    as facility
    show_reading facility/admin.token hutch login "$(address_of facility)"
    check "the operator is logged in" succeeded
}

# join NAME: lets a site join; its label has its name as the tier.
join() {
    title "$1 joins with one token"
    configure "$1" >"$1.yaml"
    run_site "$1"
    as facility
    hutch_to "$1.join" site invite "$1" --label "tier=$1"
    as "$1"
    show_reading "$1/admin.token" hutch login "$(address_of "$1")"
    show_reading "$1.join" hutch site join --quiet
    check "it joined" succeeded
    as facility
    hutch_to "$1.token" token create --site "$1" --scope read --scope write --scope manage --scope admin
    as "$1"
    show_reading "$1.token" hutch login "$(address_of "$1")"
    check "the same operator is let in there, with a token for that site" succeeded
    as facility
    eventually "the facility is connected with it" site_is_connected "$1"
    show_both hutch site list
}

site_is_connected() { hutch site list 2>&1 | grep -qE "$1 +connected +tier=$1"; }

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
    show_both hutch rule add '1 copy where tier=archive' --type cryoem/spa
    check "there is a rule" succeeded
    printf '\033[36m$\033[0m %s\n' "hutch simulate microscope krios --session $session --movies $movies --size $size --rate 4"
    hutch simulate microscope "$krios" --session "$session" --movies "$movies" --size "$size" --rate 4 \
        --metadata "$root/tests/data/facility/SPA.yml" --quiet >/dev/null
    dataset=$(tr '[:upper:]_' '[:lower:]-' <<<"admin/$session")
    eventually "the agent has made it a dataset, and hashed it" has_ended
    eventually "the rule is fulfilled" rules_are fulfilled "$dataset"
    show_both hutch rule status "$dataset"
    eventually "and the archive has the newest version, whole and verified" \
        copy_is complete "$dataset" archive "$(hutch info "$dataset" --json | jq .snapshots)"
    show_both hutch replicate "$dataset"
    id=$(hutch info "$dataset" --json | jq -r .id)
    hutch_to link share "$dataset" --link
    linked=$(sum_of_link)
    check "a link shows it without an account" test "$linked" = "$(sha256sum <"$krios/$session/gain.mrc")"
}

has_ended() {
    hutch agent status --state published --json | jq -e '.items[] | select(.pendingHashes == 0)' >/dev/null &&
        hutch log "$dataset" --json 2>/dev/null | grep -q .
}

# The SHA-256 of a file of the session, read with the link.
sum_of_link() {
    curl --silent --fail --header "Authorization: Bearer $(<link)" "$(address_of facility)/api/v1/datasets/$id/entries/gain.mrc" | sha256sum
}

# The facility fetches the bytes from the archive, with which it must be connected.
link_works() { [[ $(sum_of_link) == "$linked" ]]; }

# rules_are STATE DATASET
rules_are() { [[ $(hutch rule status "$2" --json | jq -r '[.items[].state] | unique | join(" ")') == "$1" ]]; }

read_elsewhere() {
    title "2 · It is read at a site that has no copy"
    local start
    as compute
    start=$(now_ms)
    show hutch clone "$dataset" read
    read_seconds=$(seconds_since "$start")
    check "the movies are those of the microscope, byte for byte" diff --recursive read/Movies "$krios/$session/Movies"
    start=$(now_ms)
    hutch clone "$dataset" again --quiet
    again_seconds=$(seconds_since "$start")
    check "read once more, it does not come from the facility again: $again_seconds s instead of $read_seconds s" \
        diff --recursive again/Movies "$krios/$session/Movies"
}

compute() {
    title "3 · The compute site has a copy while it computes; what comes out is a dataset of its own, and goes to the archive"
    cat >average.py <<'PYTHON'
"""Averages the frames of each movie: average.py INPUT OUTPUT"""
import glob, mrcfile, os, sys

for path in sorted(glob.glob(sys.argv[1] + "/Movies/*.mrc")):
    with mrcfile.open(path, permissive=True) as movie, mrcfile.new(os.path.join(sys.argv[2], os.path.basename(path))) as average:
        average.set_data(movie.data.mean(axis=0, dtype="float32"))
        print(os.path.basename(path), movie.data.shape, "mean", round(float(average.data.mean()), 3))
PYTHON
    as facility
    show_both hutch replicate "$dataset" --to compute
    eventually "the compute site has a copy" copy_is complete "$dataset" compute
    as compute
    show hutch run --input "$dataset" --output averages --include '/Movies/' -- /usr/bin/python3 average.py '{input}' '{output}'
    check "the program ran" succeeded
    show hutch info averages
    check "its results are a dataset that says where they come from" said "parent +$dataset"
    show hutch runs list averages
    check "and which program made it" said python
    as facility
    show_both hutch rule add 'home where tier=archive' --dataset averages
    show_both hutch rule add '2 copies where tier in (archive, compute)' --dataset averages
    local start
    start=$(now_ms)
    eventually "the results are at home in the archive, off the disk for computing, and the compute site keeps a copy" is_homed
    rule_seconds=$(seconds_since "$start")
    show_both hutch rule status averages
    show_both hutch replicate averages
    eventually "and all of the session, too" copy_is complete "$dataset" archive "$(hutch info "$dataset" --json | jq .snapshots)"
    as archive
    show hutch clone averages averages
    check "byte for byte as they were computed" diff --recursive --exclude .hutch averages averages.run/output
    show hutch info averages
    check "with their origin" said "parent +$dataset"
}

is_homed() { [[ $(hutch replicate averages --json | jq -r .home) == archive ]] && rules_are fulfilled averages; }

give_up() {
    title "4 · The facility gives up the files when the archive has proved that it holds them; the link goes on"
    as facility
    show du --summarize --human-readable --apparent-size "krios/$session"
    printf '\033[36m$\033[0m %s\n' "printf '  DeniedProviders: [primary]\n  RemovingTime: now\n' >>krios/$session/SPA.yml    # an operator says that the time is over"
    printf '  DeniedProviders: [primary]\n  RemovingTime: now\n' >>"$krios/$session/SPA.yml"
    eventually "the archive has read all of it from its disk again, signed what came out, and holds it; the files have left the folder" have_left
    show find "krios/$session" -type f
    show_both hutch info "$dataset"
    check "the link shows what it did, unchanged: the bytes come from those who hold them" test "$(sum_of_link)" = "$linked"
    rm -rf again
    show hutch clone "$dataset" again
    check "the movies are what they were" diff --recursive again/Movies read/Movies
}

have_left() { grep --quiet 'RemovingTime: removed' "$krios/$session/SPA.yml"; }

# copy_is STATE DATASET SITE [SNAPSHOT]
copy_is() {
    hutch replicate "$2" --json |
        jq -e --arg site "$3" --arg state "$1" --argjson at "${4:-0}" '.items[] | select(.site == $site and .state == $state and .snapshot >= $at)' >/dev/null
}

kill_each() {
    title "5 · A large dataset goes to the archive, and each server is killed in the middle of it"
    as facility
    mkdir large
    for part in 1 2 3 4; do head -c $((large_bytes / 4)) /dev/urandom >large/part-$part; done
    (cd large && hutch init --name large --quiet && hutch push --quiet)
    local begun start
    begun=$(passed)
    echo $((begun + large_bytes / 4)) >limit
    show_both hutch rule add '1 copy where tier=archive' --dataset large
    start=$(now_ms)
    kill_when 25 archive
    kill_when 50 facility
    kill_when 75 compute
    as facility
    eventually "the rule is fulfilled" rules_are fulfilled large
    check "it took $(seconds_since "$start") s, of which the servers were away for a part" true
    show_both hutch rule status large
    check "the archive kept what it had before it was killed: $(($(passed) - begun >> 20)) MiB were sent for $((large_bytes >> 20))" \
        test "$(($(passed) - begun))" -lt $((large_bytes * 5 / 4))
    as archive
    show hutch clone large large-again
    check "what the archive has is what was pushed, byte for byte" diff --recursive --exclude .hutch large large-again
    for site in archive compute; do
        as "$site"
        eventually "$site has what the zone believes" site_agrees
        show_both hutch site check
    done
    check "the link shows what it did" test "$(sum_of_link)" = "$linked"
}

site_agrees() { hutch site check --quiet >/dev/null; }

# passed: how many bytes the facility has sent to other sites.
passed() { echo $((10#$(<passed))); }

is_held() { (($(passed) > $(<limit))); }

# kill_when PERCENT NAME: once so much of the large dataset is on its way to the archive, where it is held until the server is gone.
kill_when() {
    eventually "$1 % of it are on their way, and are held there" is_held
    show_both hutch replicate large
    check "$2 is killed in the middle of the copy" copy_is_incomplete
    kill -KILL "${pids[$2]}"
    wait "${pids[$2]}" 2>/dev/null || true
    if (($1 < 75)); then echo $((begun + large_bytes * ($1 + 25) / 100)) >limit; else rm limit; fi
    run_site "$2"
}

copy_is_incomplete() { ! copy_is complete large archive; }

without_facility() {
    title "6 · The facility is down: the archive serves what it has"
    kill -TERM "${pids[facility]}"
    wait "${pids[facility]}" || true
    as archive
    show hutch list
    rm -rf again
    show hutch clone "$dataset" again
    check "the session is read there" diff --recursive again/Movies read/Movies
    run_site facility
    eventually "the facility is back, and so is the link" link_works
}

sum_up() {
    cat <<TEXT

results at the compute site → in the archive   $rule_seconds s
read at a site without a copy                  $read_seconds s, $(du -sh --apparent-size read/Movies | cut -f1); once more $again_seconds s
servers killed in the middle of a copy         3; nothing was lost, and what had come did not come again
TEXT
}

stop_server() {
    local site code
    for site in "${!pids[@]}"; do
        kill -TERM "${pids[$site]}"
        code=0
        wait "${pids[$site]}" || code=$?
        check "the server of $site stopped when asked to" test "$code" -eq 0
    done
    [[ -z ${relay_pid:-} ]] || kill "$relay_pid"
}

stop_all() { kill -KILL "${pids[@]}" "${relay_pid:-}" 2>/dev/null || true; }

demo_goodbye() {
    cat <<TEXT

The servers go on running; stop them with: kill ${pids[*]} $relay_pid

  the facility in a browser   $(address_of facility)/admin/sites
  log in there with           $(as facility && hutch user login-link admin --json | jq -r .url)
  the session                 $(address_of facility)/datasets/$dataset
  archive, compute            $(address_of archive), $(address_of compute)
  as an operator there        ${program#"$root"/} login $(address_of archive) < ${demo#"$root"/}/archive.token
  what they wrote             ${demo#"$root"/}
TEXT
}
