# shellcheck shell=bash
# The main job: from a detector file to a closed, derived, verified dataset, and who may see it.

frames=20

demo_steps() {
    title "A server on a fresh folder"
    data=$demo/data
    start_server "$data"
    as admin
    show hutch login "$server" <"$data/admin.token"
    check "the administrator is logged in" succeeded
    show hutch user create ada --json
    check "a scientist has an account" succeeded
    ada_token=$(jq -r .token <<<"$shown")
    as ada
    show hutch login "$server" <<<"$ada_token"
    check "she is logged in" succeeded

    ingest_and_analyse
    close_derive_and_push
    share_and_revoke
}

ingest_and_analyse() {
    title "1 · From a detector file to a dataset"
    cd "$demo" || return
    show hutch simulate dataset lysozyme --frames "$frames"
    check "a detector file set was made" succeeded
    show hutch ingest lysozyme_master.h5 lysozyme
    check "it was ingested" succeeded

    title "2 · Every frame through the spot finder"
    show hutch analyse lysozyme
    check "all frames were analysed" succeeded
    show hutch analyse lysozyme --json
}

close_derive_and_push() {
    title "3 · Close, derive, clone, change, push"
    show hutch close lysozyme
    check "closed for ever" succeeded
    show hutch derive lysozyme --name lysozyme-work --copy
    check "a new dataset starts from it" succeeded
    show hutch clone lysozyme-work work
    check "it is in a folder" succeeded
    cd "$demo/work" || return
    show hutch push -m "masks and notes"
    show hutch log
    show hutch verify
    cd "$demo" || return
}

share_and_revoke() {
    title "4 · Private unless shared"
}

demo_goodbye() {
    cat <<TEXT

The server goes on running (process $server_pid; stop it with: kill $server_pid).

  its API in a browser     $server/docs
  log in as ada            out/hutch login $server <<<$ada_token
  log in as administrator  out/hutch login $server < ${data#"$root"/}/admin.token
  what it wrote            ${demo#"$root"/}
TEXT
}
