# shellcheck shell=bash
# Users of DataLad point it at a Hutch server: real datalad, git-annex and git clone a dataset, get and drop files, record
# a command, push its result, make a dataset, move a RIA store in, and out again. At the end, all bytes are compared.

files=200

demo_steps() {
    install_packages peer
    title "A server, and a dataset that was pushed by hutch"
    as ann
    home=$demo/home && mkdir "$home"
    export HOME=$home PATH=$home/.local/bin:$out:$PATH DATALAD_UI_PROGRESSBAR=none DATALAD_LOG_LEVEL=error GIT_TERMINAL_PROMPT=0 PYTHONWARNINGS=ignore
    git config --global user.name Ann && git config --global user.email ann@example.org && git config --global init.defaultBranch main
    start_server "$demo/data"
    server=${server/127.0.0.1/localhost}
    cd "$demo" || return
    show_reading data/admin.token hutch login "$server"
    make_scans
    cd scans || return
    show hutch init --name brain-scans
    show hutch push --message 'Scans of the first day' --quiet
    check "it is there" succeeded
    cd .. || return
    id=$(hutch info brain-scans --json | jq -r .id)

    read_it
    write_back
    record
    create
    move_in
    move_out
    sum_up
}

make_scans() {
    mkdir -p scans/anat
    local i
    for ((i = 1; i <= files; i++)); do head -c 20000 /dev/urandom >"scans/anat/$(printf 'sub-%03d.nii.gz' "$i")"; done
    head -c 30000000 /dev/urandom >scans/bold.nii.gz
    printf 'participant\tage\n001\t31\n' >scans/participants.tsv
}

# size_of FOLDER: its size for people.
size_of() { du -sh --apparent-size "$1" | cut -f1; }

# timed NAME COMMAND…: shows the command, and keeps its seconds in $NAME.
timed() {
    local name=$1 start
    shift
    start=$(now_ms)
    show_both "$@"
    printf -v "$name" '%s' "$(seconds_since "$start")"
}

read_it() {
    title "1 · DataLad clones it, and gets what is needed"
    show_both hutch datalad login
    check "one line in ~/.netrc lets git, DataLad and git-annex in" test "$(stat -c %a "$home/.netrc")" = 600
    timed clone_seconds datalad clone "ria+$server/ria#~admin/brain-scans" clone
    check "the clone is there" succeeded
    clone_size=$(size_of clone/.git)
    check "it is small: $clone_size of $(size_of scans), and small text files are in it" cmp --silent scans/participants.tsv clone/participants.tsv
    show git -C clone log --format='%h %an: %s'
    show_both datalad -C clone get anat/sub-001.nii.gz
    check "one file came, and is the same" cmp --silent scans/anat/sub-001.nii.gz clone/anat/sub-001.nii.gz
    printf '\033[36m%s$\033[0m %s\n' ann 'datalad -C clone get . --jobs 4'
    local start
    start=$(now_ms)
    datalad -C clone get . --jobs 4 >got 2>&1 || true
    get_seconds=$(seconds_since "$start")
    check "all others came in $get_seconds s, and are the same" diff --recursive --exclude='.*' scans clone
    show_both datalad -C clone drop bold.nii.gz
    check "dropped: the server says by its hash that it has it" succeeded
}

write_back() {
    title "2 · What is saved goes back with datalad push, content and commits together"
    cd clone || return
    show_both hutch datalad enable
    check "the clone is set up" succeeded
    mkdir masks
    head -c 5000000 /dev/urandom >masks/sub-001.nii.gz
    echo '001 was measured twice' >notes.txt
    show_both datalad save --message 'Masks of the first subject'
    timed push_seconds datalad push --to origin
    check "pushed" succeeded
    cd .. || return
    show hutch log brain-scans
    check "the commit is a version of the dataset" said 'Masks of the first subject'
    show hutch clone brain-scans seen --quiet
    check "a clone with hutch has the file" cmp --silent clone/masks/sub-001.nii.gz seen/masks/sub-001.nii.gz
}

record() {
    title "3 · datalad run records a command; its result and its record are pushed"
    cd clone || return
    show_both datalad run --message 'Count voxels' --input masks/sub-001.nii.gz --output count.txt 'wc -c < masks/sub-001.nii.gz > count.txt'
    check "the command ran" succeeded
    show_both datalad push --to origin
    check "pushed" succeeded
    cd .. || return
    datalad clone "ria+$server/ria#$id" again >/dev/null 2>&1
    show_both datalad -C again rerun
    check "another user runs it again and gets the same result" cmp --silent clone/count.txt again/count.txt
}

create() {
    title "4 · A dataset that DataLad made goes to the server in two commands"
    datalad create own >/dev/null 2>&1
    head -c 1000000 /dev/urandom >own/volume.nii.gz
    datalad -C own save --message 'A volume' >/dev/null 2>&1
    cd own || return
    show_both hutch datalad enable own
    show_both datalad push --to hutch
    check "pushed" succeeded
    cd .. || return
    check "with the commit that it was saved with" \
        test "$(git ls-remote "$server/git/admin/own" HEAD | cut -f1)" = "$(git -C own rev-parse HEAD)"
}

move_in() {
    title "5 · An institute's RIA store moves in, and its clones go on reading"
    datalad create old >/dev/null 2>&1
    head -c 2000000 /dev/urandom >old/scan.nii.gz
    datalad -C old save --message 'Years ago' >/dev/null 2>&1
    datalad -C old create-sibling-ria --name ria --alias legacy --new-store-ok "ria+file://$PWD/store" >/dev/null 2>&1
    datalad -C old push --to ria >/dev/null 2>&1
    datalad clone "ria+file://$PWD/store#~legacy" of-old >/dev/null 2>&1
    show_both hutch import-ria store --all
    check "imported, with the hash of its commit" \
        test "$(git ls-remote "$server/git/admin/legacy" HEAD | cut -f1)" = "$(git -C old rev-parse HEAD)"
    show mv store store.gone
    show git config --global "url.$server/ria.insteadOf" "$PWD/store"
    show git config --global "url.ria+$server/ria.insteadOf" "ria+file://$PWD/store"
    show_both datalad -C of-old get scan.nii.gz
    check "a clone of the old store reads from the server" cmp --silent old/scan.nii.gz of-old/scan.nii.gz
    git config --global --remove-section "url.$server/ria"
    git config --global --remove-section "url.ria+$server/ria"
}

move_out() {
    title "6 · And out again: a plain RIA store that needs no Hutch"
    show_both hutch export-ria plain brain-scans
    check "written" succeeded
    inodes=$(find "$demo/data/segments" | wc -l) ria_inodes=$(find plain | wc -l)
    datalad clone "ria+file://$PWD/plain#~brain-scans" from-plain >/dev/null 2>&1
    show_both datalad -C from-plain get masks
    check "DataLad reads it from the folder" cmp --silent clone/masks/sub-001.nii.gz from-plain/masks/sub-001.nii.gz
    check "with the same commit" test "$(git -C from-plain rev-parse HEAD)" = "$(git -C clone rev-parse HEAD)"
}

sum_up() {
    cat <<TEXT

clone of $files scans and a movie   $clone_size in $clone_seconds s, most of it the start of DataLad
all their content                 $(size_of scans) in $get_seconds s
push of a new file of 5 MB        $push_seconds s
inodes of all these datasets      $inodes on the server; a RIA store of the first alone has $ria_inodes
TEXT
}

demo_goodbye() {
    cat <<TEXT

The server keeps running (process $server_pid; stop it with: kill $server_pid).

  the dataset              $server/datasets/$id
  log in there with        $(hutch user login-link admin --json | jq -r .url)
  another clone            datalad clone 'ria+$server/ria#$id' clone   (with HOME=${home#"$root"/})
  what it wrote            ${demo#"$root"/}
TEXT
}
