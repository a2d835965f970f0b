# shellcheck shell=bash
# A microscope writes into a folder of a file server, an operator adds the usual metadata file, and the agent does the rest:
# the folder becomes a dataset in place, grows, and stays the same dataset when it is moved. At the end, the files are compared.

# The microscope records until the demo ends its session, so that every question about a running session has a running session.
movies_at_least=12
session=20211227125_Demo

demo_steps() {
    rate=${demo_rate:-2} size=${demo_size:-512x512}
    title "A server whose agent watches two folders of a file server"
    data=$demo/data krios=$demo/krios archive=$demo/archive
    mkdir "$data" "$krios" "$archive"
    server_port=$(free_port)
    configure >"$data/hutch.yaml"
    show cat "$data/hutch.yaml"
    start_server "$data"
    as operator
    show_reading "$data/admin.token" hutch login "$server"
    check "the operator is logged in" succeeded
    cd "$demo" || return
    trap 'kill -KILL ${microscope_pid:-} "${server_pid:-}" 2>/dev/null || true' EXIT

    drop
    grow
    invite
    finish
    move
    copy
    sum_up
}

configure() {
    cat <<YAML
server:
  publicUrl: http://127.0.0.1:$server_port
agent:
  folders:
    - watch: $krios     # each folder in it becomes a dataset when it holds an SPA.yml
      keep: 60d
    - watch: $archive   # where folders are moved later
      keep: 2y
YAML
}

# The metadata file is the facility's own, comments and all.
drop() {
    title "1 · A session begins: its software drops the metadata file it always has"
    folder=$krios/$session metadata=$krios/$session/SPA.yml
    printf '\033[36m$\033[0m %s &\n' "hutch simulate microscope $krios --session $session --movies 100000 --size $size --rate $rate"
    "$program" simulate microscope "$krios" --session "$session" --movies 100000 --size "$size" --rate "$rate" \
        --metadata "$root/tests/data/facility/SPA.yml" --quiet >/dev/null &
    microscope_pid=$!
    wait_beside "$microscope_pid" test -s "$metadata"
    local dropped
    dropped=$(now_ms)
    eventually "the agent's block is in the file" grep -q '^  PublicURL: http' "$metadata"
    block_seconds=$(seconds_since "$dropped")
    show cat "$metadata"
    check "all that was in the file is as it was, byte for byte" \
        cmp --silent --bytes "$(stat -c %s "$root/tests/data/facility/SPA.yml")" "$root/tests/data/facility/SPA.yml" "$metadata"
    check "the invite is not in it, but in a file that only its owner can read" test "$(stat -c %a "$folder/.hutch-invite")" = 600
    dataset=$(sed -n 's/^  Space: //p' "$metadata")
    show hutch info "$dataset"
    check "it is a dataset" succeeded
}

grow() {
    title "2 · The dataset grows while the microscope writes"
    local seen=0
    for _ in 1 2 3; do
        eventually "there are more movies than before" more_movies_than "$seen"
        seen=$(movies_in_dataset)
        show_both hutch agent status
        check "acquisition continues" said acquiring
    done
    say "  the same in a browser, as it grows:  $server/admin/facility  and  $server/datasets/$dataset"
}

movies_in_dataset() { hutch list "$dataset" --prefix Movies/ --json | jq -r 'select(.path | endswith(".mrc")) | .path' | wc -l; }

more_movies_than() { [[ $(movies_in_dataset) -gt $1 ]]; }

invite() {
    title "3 · The letter to the person who measures"
    show hutch agent letter "$folder"
    check "it has the page and an invite" said 'invite'
    grep -oE 'https?://[^ ]*invite#[^ ]*' <<<"$shown" >"$demo/invite"
    hutch user create ada --json | jq -r .token >"$demo/ada.token"
    as ada
    show_reading "$demo/ada.token" hutch login "$server"
    show hutch list
    check "ada sees nothing yet" test "$(hutch list --json | wc -l)" -eq 0
    show_reading "$demo/invite" hutch invite accept
    check "she has accepted the invite" succeeded
    show hutch list
    check "and has the dataset in her list" said "$(tr '[:upper:]_' '[:lower:]-' <<<"$session")"
    as operator
}

finish() {
    title "4 · The session ends: the microscope's software removes .running"
    wait_beside "$microscope_pid" more_movies_than $((movies_at_least - 1))
    local began
    began=$(date -u -d '+60 days' +%Y-%m)
    printf '\033[36m$\033[0m %s\n' "kill -TERM $microscope_pid    # the movie under way is completed"
    kill -TERM "$microscope_pid"
    wait "$microscope_pid" || true
    microscope_pid=''
    check "the microscope has removed it" test ! -e "$folder/.running"
    eventually "all is hashed, and there is a snapshot of the end" has_ended
    show_both hutch agent status
    check "it is published, with its expiry date" said "published .* ($began|$(date -u -d '+60 days' +%Y-%m))"
    show hutch log "$dataset"
    hutch list "$dataset" --recursive --json >entries
    check "each file of the microscope is in the dataset, with the SHA-256 that sha256sum finds" hashes_are_right
    check "not a byte of them was copied: the server's own folder holds $(du -sh --apparent-size "$data" | cut -f1)" \
        test "$(du -s --bytes "$data" | cut -f1)" -lt "$(($(du -s --bytes "$folder" | cut -f1) / 2))"
}

has_ended() { hutch agent status --state published --json | jq -e '.items[] | select(.pendingHashes == 0)' >/dev/null && hutch log "$dataset" --json | grep -q .; }

# The metadata file is served without personal data, so it is another file.
hashes_are_right() {
    diff <(jq -r 'select(.path != "SPA.yml" and .hash != null) | "\(.hash)  \(.path)"' entries | sort) \
        <(cd "$folder" && find . -type f ! -name '.hutch-*' ! -name SPA.yml -printf '%P\0' | xargs -0 sha256sum | sort)
}

move() {
    title "5 · Somebody moves the folder to the archive"
    show mv "$folder" "$archive/"
    folder=$archive/$session
    eventually "the agent has found it there" is_in_archive
    show_both hutch agent status
    check "it is the same dataset" test "$(hutch agent status --json | jq -r '.items[] | select(.state == "published") | .dataset')" = "$dataset"
    show hutch clone "$dataset" again
    check "and its files are served from there, byte for byte" diff --recursive again/Movies "$folder/Movies"
    check "mrcfile, which is not ours, finds every movie valid" mrcfile_accepts again
}

is_in_archive() { hutch agent status --state published --json | jq -e --arg folder "$folder" '.items[] | select(.folder == $folder)' >/dev/null; }

mrcfile_accepts() {
    /usr/bin/python3 - "$1" >told <<'PYTHON'
import glob, mrcfile, sys
files = glob.glob(sys.argv[1] + "/**/*.mrc", recursive=True)
sys.exit(0 if files and all([mrcfile.validate(file) for file in files]) else 1)
PYTHON
}

copy() {
    title "6 · Somebody begins a session with a copy of the metadata file: two folders with one identity"
    show mkdir "$krios/copy"
    show cp "$folder/SPA.yml" "$krios/copy/"
    eventually "operators are told, at both folders" twins_are_told
    show_both hutch agent status
    eventually "and the file of the copy says so, where its operator looks" grep -q '^  Error: ' "$krios/copy/SPA.yml"
    show grep Error: "$krios/copy/SPA.yml"
    check "the copy is no dataset" test "$(hutch list --json | wc -l)" -eq 1
}

twins_are_told() {
    [[ $(hutch agent status --json | jq '.items | map(select(.problem // "" | test("two folders cannot be the same dataset"))) | length') -eq 2 ]]
}

sum_up() {
    local files bytes
    files=$(find "$folder" -type f ! -name '.hutch-*' | wc -l)
    bytes=$(du -sh --apparent-size "$folder" | cut -f1)
    cat <<TEXT

from the metadata file to the block  $block_seconds s
files of the microscope              $files, $bytes
bytes that were copied               0: they are served from where they are
what the operator did by hand        nothing
TEXT
}

demo_goodbye() {
    cat <<TEXT

The server keeps running (process $server_pid; stop it with: kill $server_pid).

  the folders in a browser $server/admin/facility
  the dataset              $server/datasets/$dataset
  log in there with        $(hutch user login-link admin --json | jq -r .url)
  another session          ${program#"$root"/} simulate microscope ${krios#"$root"/} --rate 0.5
  what it wrote            ${demo#"$root"/}
TEXT
}
