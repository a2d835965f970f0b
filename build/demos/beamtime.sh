# shellcheck shell=bash
# A beamtime from its first minute to its end: a visit with two people and three samples; a grid scan streams in, is analysed and keeps its hits;
# a microscope's folder is published while it grows; people write notes, start a program and get notices; the visit ends, its rules copy
# everything to the archive, and the calendar says when the files leave the facility.

# Sites are configured, started and joined as in that demo.
# shellcheck source=build/demos/copies.sh
source "$root/build/demos/copies.sh"

visit=cm40601-2
session=20270301_lyso
movies_at_least=4

demo_steps() {
    rate=${demo_rate:-50} size=${demo_size:-256k} rows=${demo_rows:-10} columns=${demo_columns:-12}
    trap 'stop_beamtime' EXIT
    declare -gA pids=() ports=() doors=()
    for site in facility archive; do
        ports[$site]=$(free_port)
        doors[$site]=$(free_port)
    done
    cd "$demo" || return
    start_facility
    join archive
    begin
    scan
    record
    look
    process
    end
    sum_up
}

stop_beamtime() {
    kill -KILL ${capture_pid:-} ${detector_pid:-} ${microscope_pid:-} 2>/dev/null || true
    stop_all
}

start_facility() {
    title "A facility: accounts, a watched folder of a microscope, and a program for everyone"
    krios=$demo/krios
    mkdir "$krios" programs
    cp "$root/deploy/programs/statistics.yaml" programs/
    {
        configure facility
        cat <<YAML
agent:
  account: krios
  folders:
    - watch: $krios     # each folder in it becomes a dataset when it holds an SPA.yml
      visitKey: Visit   # and belongs to the visit that this key names
      keep: 60d
programs:
  folder: $demo/programs
YAML
    } >facility.yaml
    show cat facility.yaml
    run_site facility
    as facility
    show_reading facility/admin.token hutch login "$(address_of facility)"
    check "the operator is logged in" succeeded
}

begin() {
    title "1 · A visit: two people, three samples, a rule, and two accounts of instruments"
    as facility
    local person
    for person in ada bob i04 krios; do hutch user create "$person" --json | jq -r .token >"$person.token"; done
    # The visit ends long after the demo would: an operator ends it.
    cat >visits.yaml <<YAML
visits:
  - name: $visit
    title: Inhibitors of lysozyme
    proposal: cm40601
    instrument: i04
    begin: $(date -u -d '-1 hour' +%FT%TZ)
    end: $(date -u -d '+3 days' +%FT%TZ)
    people:
      - {user: ada, role: principal-investigator}
      - {user: bob}
    samples:
      - {name: lyso-1, description: soaked for 2 hours}
      - {name: lyso-2, description: native}
      - {name: 70S_RNAP, description: the ribosome}
    creators: [i04, krios]    # they create datasets of the visit, and write to these until its end
    rules: ["1 copy where tier=archive"]
YAML
    show cat visits.yaml
    show hutch visit import visits.yaml
    check "the visit is running" said running
    for person in ada bob i04; do
        as "$person"
        hutch login "$(address_of facility)" --quiet <"$demo/$person.token"
    done
    as bob
    show hutch visit list
    check "bob sees his visit" said "$visit"
}

scan() {
    title "2 · A grid scan of $rows × $columns images streams in, is analysed, and keeps its hits"
    as i04
    mkdir series
    show hutch init --name "$visit/4711" --title "Grid scan of lyso-1" series
    check "the beamline has created a dataset of the visit" succeeded
    grid=$(hutch info "$visit/4711" --json | jq -r .id)
    as ada
    echo '{"sample": "lyso-1"}' >sample.json
    show hutch metadata set "$visit/4711" sample.json
    show hutch analyse "$visit/4711" --follow --no-wait
    check "a run waits for its frames" succeeded
    run=$(hutch runs list "$visit/4711" --json | jq -r .id)
    as i04
    local stream
    stream=tcp://127.0.0.1:$(free_port)
    printf '\033[36m%s$\033[0m %s &\n' "$demo_person" "hutch capture --direct $stream --dataset '$visit/{dcid}'"
    "$program" capture --direct "$stream" --dataset "$visit/{dcid}" --json --state "$demo/state" >captured 2>told &
    capture_pid=$!
    printf '\033[36m$\033[0m %s &\n' "hutch simulate detector --at $stream --size $size --rows $rows --columns $columns --snake --rate $rate"
    "$program" simulate detector --at "$stream" --size "$size" --rows "$rows" --columns "$columns" --snake --rate "$rate" \
        --user-data '{"dcid": 4711}' --json --quiet >sent 2>sending &
    detector_pid=$!
    wait_beside "$capture_pid" test -s captured
    wait "$detector_pid" || true
    local sent=$((rows * columns))
    check "the detector sent its images, and each is stored" test "$(jq .capture.stored captured)" -eq "$sent"
    as ada
    show hutch close "$visit/4711" -m "grid scan of lyso-1"
    show hutch runs watch "$run"
    check "each is analysed" test "$(hutch runs show "$run" --json | jq .frames)" -eq "$sent"
    show hutch select "$run" 'n_spots_total >= 15' --as 4711-hits
    check "the hits are a dataset of the visit" succeeded
    hits=$(hutch list "$visit/4711-hits" --recursive --json | jq -s 'map(select(.path | test("frame|[0-9]{6}"))) | length')
    check "with some of the frames, and not all: $hits of $sent" test "$hits" -gt 0 -a "$hits" -lt "$sent"
}

record() {
    title "3 · A cryo-EM session is recorded into the folder of the microscope, and published live"
    folder=$krios/$session
    { cat "$root/tests/data/facility/SPA.yml" && echo "Visit: $visit"; } >SPA.yml
    printf '\033[36m$\033[0m %s &\n' "hutch simulate microscope krios --session $session --rate 2 --metadata SPA.yml"
    "$program" simulate microscope "$krios" --session "$session" --movies 100000 --size 256x256 --rate 2 --metadata SPA.yml --quiet >/dev/null &
    microscope_pid=$!
    as facility
    eventually "the agent has made it a dataset of the visit" test_agent '.state == "acquiring"'
    show_both hutch agent status
    movie=$(hutch agent status --json | jq -r '.items[0].name')
    check "it is named after the visit" test "$movie" = "$visit/$(tr '[:upper:]_' '[:lower:]-' <<<"$session")"
    as bob
    eventually "bob sees its movies" more_movies_than $((movies_at_least - 1))
}

# test_agent FILTER: the first folder of the agent is so.
test_agent() { as facility && hutch agent status --json | jq -e ".items[0] | $1" >/dev/null; }

movies_in_dataset() { hutch list "$movie" --prefix Movies/ --json | jq -r 'select(.path | endswith(".mrc")) | .path' | wc -l; }

more_movies_than() { [[ $(movies_in_dataset) -gt $1 ]]; }

# rest PERSON METHOD PATH [BODY]: the requests of the portal's pages.
rest() {
    curl --silent --fail --request "$2" --header "Authorization: Bearer $(<"$demo/$1.token")" \
        ${4:+--header "Content-Type: application/json" --data "$4"} "$(address_of facility)/api/v1/$3"
}

look() {
    title "4 · The page of the visit shows both, and a note is pinned"
    say "  the page:  $(address_of facility)/visits/$visit"
    rest bob GET "arrivals?owner=$visit" >arrivals
    jq -r '.items[] | "  \(.dataset.name)  \(.dataset.files) files  \(.path // "")"' arrivals
    check "it shows the grid scan" names_arrive "$visit/4711"
    check "and the movies" names_arrive "$movie"
    as ada
    show hutch visit note "$visit" "Crystal **3** gave most of the $hits hits." --dataset "$visit/4711-hits"
    as bob
    show hutch visit notes "$visit"
    check "bob reads the note, with its dataset" said "4711-hits"
}

names_arrive() { jq -e --arg name "$1" '.items | any(.dataset.name == $name)' arrivals >/dev/null; }

process() {
    title "5 · Bob presses Process"
    as bob
    printf '\033[36m%s$\033[0m %s\n' bob "curl …/api/v1/programs/statistics/runs    # what the button sends"
    rest bob POST programs/statistics/runs "{\"input\": \"$grid\"}" >started
    program_run=$(jq -r .id started)
    eventually "the run is done" program_is done
    show hutch runs show "$program_run"
    check "its results belong to the visit" test "$(jq -r '.names[.outputs[0]]' ended)" = "$visit/4711-statistics"
    eventually "bob has a notice of its end" bob_is_notified
    rest bob GET me/mails | jq -r '.items[].subject'
}

program_is() { rest bob GET "runs/$program_run" >ended && [[ $(jq -r .state ended) == "$1" ]]; }

bob_is_notified() { rest bob GET me/mails | jq -e '.items | any(.subject | test("statistics is done"))' >/dev/null; }

end() {
    title "6 · The visit ends: nothing is written any more, and its rules have copied it"
    kill -TERM "$microscope_pid"
    wait "$microscope_pid" || true
    microscope_pid=''
    kill -TERM "$capture_pid"
    wait "$capture_pid" || true
    capture_pid=''
    eventually "the movies are hashed, and there is a snapshot of the end" has_ended
    as ada
    show hutch visit end "$visit"
    check "ada ended it" said ended
    as i04
    mkdir late
    show_both hutch init --name "$visit/late" late
    check "the beamline creates nothing more in it" said 'ended at'
    echo late >"$folder/late.txt"
    as facility
    show_both hutch agent rescan "$folder"
    eventually "the agent sees a file that is too late for the visit" test_agent '.notices | any(test("after the visit"))'
    as ada
    show hutch list
    check "and leaves it out" holds_no_late_file
    for dataset in 4711 4711-hits "${movie#*/}"; do
        eventually "$dataset is in the archive, whole and verified" rules_are fulfilled "$visit/$dataset"
    done
    show_both hutch rule status "$movie"
    as facility
    show_both hutch agent status
    local leaves
    leaves=$(date -u -d '+60 days' +%F)
    check "the calendar says that the movies leave the facility on $leaves" leaves_on "$leaves"
}

has_ended() { test_agent '.state == "published" and .pendingHashes == 0' && hutch log "$movie" --json | grep -q .; }

holds_no_late_file() { ! hutch list "$movie" --json | grep -q late.txt; }

# leaves_on DAY: the question of the portal's calendar for that day.
leaves_on() {
    local next
    next=$(date -u -d "$1 +1 day" +%F)
    as facility
    curl --silent --fail --header "Authorization: Bearer $(<"$demo/facility/admin.token")" \
        "$(address_of facility)/api/v1/agent/folders?endsFrom=$1T00:00:00Z&endsBefore=${next}T00:00:00Z" | jq -e '.items | length == 1' >/dev/null
}

sum_up() {
    as ada
    cat <<TEXT

frames stored and analysed   $((rows * columns)), of which $hits are kept as hits
movies of the microscope     $(movies_in_dataset), never copied at the facility
datasets of the visit        $(hutch list --owner "$visit" --json | wc -l), all of them also in the archive
TEXT
}

demo_goodbye() {
    cat <<TEXT

The servers keep running; stop them with: kill ${pids[*]}

  the visit in a browser   $(address_of facility)/visits/$visit
  log in there as ada      $(rest ada POST me/login-link | jq -r .url)
  what they wrote          ${demo#"$root"/}
TEXT
}
