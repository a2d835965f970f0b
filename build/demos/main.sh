# shellcheck shell=bash
# The main job: from a detector file to a closed, derived, verified dataset, and its rights.

frames=20

demo_steps() {
    title "A server on a fresh folder, and a scientist"
    data=$demo/data
    start_server "$data"
    as admin
    show_reading "$data/admin.token" hutch login "$server"
    check "the administrator is logged in" succeeded
    show hutch user create ada --json
    check "ada has an account" succeeded
    jq -r .token <<<"$shown" >"$demo/ada.token"
    as ada
    show_reading "$demo/ada.token" hutch login "$server"
    check "ada is logged in" succeeded
    cd "$demo" || return

    ingest
    analyse
    close_and_derive
    change_and_push
    share_and_revoke
}

ingest() {
    title "1 · From a detector file to a dataset"
    show hutch simulate dataset beamtime/lysozyme --images "$frames"
    check "a detector's file set is there" test -s beamtime/lysozyme_master.h5
    show ls -sh beamtime
    show hutch ingest beamtime/lysozyme_master.h5 lysozyme
    check "it was ingested" succeeded
    show hutch list lysozyme
    hutch list lysozyme --recursive --json >"$demo/entries"
    check "there is a header" test "$(jq -r 'select(.path == "header") | .path' "$demo/entries")" = header
    check "there are $frames frames" test "$(jq -r .path "$demo/entries" | grep -cE '^[0-9]{6}$')" -eq "$frames"
    check "each frame is, byte for byte, the chunk that is in the file (read with h5py)" chunks_are_stored_as_they_were
}

# Compares the hash of each entry with the hash of the raw chunk that another program, h5py, reads from the file.
chunks_are_stored_as_they_were() {
    /usr/bin/python3 - beamtime/lysozyme_master.h5 <<'PYTHON' >"$demo/chunks" || return
import hashlib, sys, h5py
number = 0
data = h5py.File(sys.argv[1], "r")["entry/data"]
for name in sorted(key for key in data if key.startswith("data_")):
    for image in range(data[name].shape[0]):
        number += 1
        mask, chunk = data[name].id.read_direct_chunk((image, 0, 0))
        print("%06d" % number, hashlib.sha256(chunk).hexdigest())
PYTHON
    diff "$demo/chunks" <(jq -r 'select(.path | test("^[0-9]{6}$")) | "\(.path) \(.hash)"' "$demo/entries")
}

analyse() {
    title "2 · Every frame through the spot finder"
    show hutch analyse lysozyme
    check "every frame has a result" test "$(grep -cE '^ +[0-9]+ +[0-9]+ +[0-9]+ ' "$demo/shown")" -eq "$frames"
    show hutch info lysozyme-spots
    check "they are kept in a dataset that follows, and it says where they come from" said 'ada/lysozyme'
    show hutch clone lysozyme-spots spots
    show head -3 spots/results.csv
    check "as a table with a row for each frame" test "$(wc -l <spots/results.csv)" -eq $((frames + 1))
    check "the simulator put about as many reflections there" spots_are_those_of_the_simulator
}

# The simulator lists the reflections of each image. The spots found are, within a fifth, as many as those of 50 photons.
spots_are_those_of_the_simulator() {
    local image found painted
    while IFS=$'\t' read -r image found; do
        painted=$(jq -c "select(.image == $image and .counted >= 50)" beamtime/lysozyme_truth.jsonl | wc -l)
        ((found * 5 > painted * 4 && found * 5 < painted * 6)) || return
    done < <(jq -r '[."file-number", .n_spots_total] | @tsv' spots/results.jsonl)
}

close_and_derive() {
    title "3 · Close, derive, clone, change, push"
    show hutch close lysozyme -m "as measured"
    check "closed for ever" succeeded
    show hutch derive lysozyme --name lysozyme-work --copy
    check "a new dataset starts from it" succeeded
    show hutch clone lysozyme-work work
    check "it is in a folder" succeeded
    check "with the bytes of the detector" test "$(sha256sum <work/000001 | cut -d' ' -f1)" = "$(awk '$1 == "000001" { print $2 }' "$demo/chunks")"
}

change_and_push() {
    cd "$demo/work" || return
    say "  (a note is added, the first frame removed, the last one changed)"
    echo "the beam stop shades the lower left corner" >notes.txt
    rm 000001
    printf 'x' >>"$(printf '%06d' "$frames")"
    show hutch status
    check "the changes are seen" said "notes.txt"
    show hutch push -m "a note; the first frame is blank"
    check "pushed" succeeded
    show hutch log
    check "the log has the message" said "the first frame is blank"
    show hutch verify
    check "no damage" succeeded
    cd "$demo" || return
    show hutch clone lysozyme-work again
    check "a second clone is the same, byte for byte" diff --recursive --exclude .hutch work again
    show hutch info lysozyme-work
    check "it says where it comes from" said "lysozyme@1|ada/lysozyme"
    say "  (and the closed one?)"
    show hutch clone lysozyme closed
    cd "$demo/closed" || return
    echo "too late" >late.txt
    show_both hutch push
    check "a closed dataset refuses a push and says to derive" said derive
    cd "$demo" || return
}

share_and_revoke() {
    title "4 · Private unless shared"
    as admin
    show hutch user create bob --json
    jq -r .token <<<"$shown" >"$demo/bob.token"
    as bob
    show_reading "$demo/bob.token" hutch login "$server"
    show hutch list
    check "bob sees nothing" test "$(hutch list --json | wc -l)" -eq 0
    show_both hutch clone ada/lysozyme-work theirs
    check "and cannot clone what he may not know of" refused
    as ada
    show hutch share lysozyme-work --with bob --right read
    check "ada shares" succeeded
    as bob
    show hutch clone ada/lysozyme-work theirs
    check "now bob has it, verified" diff --recursive --exclude .hutch work theirs
    show hutch token list
    hutch token list --json | jq -r .id | while read -r id; do hutch token revoke "$id" --quiet; done
    say "  (his token is revoked)"
    show_both hutch list
    check "the next request is refused" test "$code" -eq 3
    check "the refusal gives the reason" said "revoked"
    check "with status 401" test "$(curl --silent --output /dev/null --write-out '%{http_code}' --header "Authorization: Bearer $(<"$demo/bob.token")" "$server/api/v1/me")" = 401
}

demo_goodbye() {
    cat <<TEXT

The server keeps running (process $server_pid; stop it with: kill $server_pid).

  its API in a browser     $server/docs
  log in as ada            ${program#"$root"/} login $server < ${demo#"$root"/}/ada.token
  log in as administrator  ${program#"$root"/} login $server < ${data#"$root"/}/admin.token
  what it wrote            ${demo#"$root"/}
TEXT
}
