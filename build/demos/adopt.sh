# shellcheck shell=bash
# A RIA store and a tree of folders become datasets in place: nothing is copied or changed, and the server is killed in the middle. Bytes that
# others change are named and never served. At the end, `hutch space` lists what can be freed, and a purge frees it.

tree_files=200000

demo_steps() {
    install_packages peer
    as ann
    home=$demo/home && mkdir "$home"
    export HOME=$home DATALAD_UI_PROGRESSBAR=none DATALAD_LOG_LEVEL=error GIT_TERMINAL_PROMPT=0 PYTHONWARNINGS=ignore
    export AWS_CONFIG_FILE=/dev/null AWS_DEFAULT_REGION=us-east-1
    export PATH=$home/bin:$PATH && mkdir "$home/bin" && ln -s "$program" "$home/bin/hutch"
    git config --global user.name Ann && git config --global user.email ann@example.org && git config --global init.defaultBranch main
    cd "$demo" || return

    make_store
    make_tree
    start
    adopt_store
    read_store
    change_store
    adopt_tree
    clone_nested
    free_space
    check "the store and the tree are as they were, but for what this demo changed itself" sources_are_untouched
}

make_store() {
    title "1 · What the institute has: a RIA store that DataLad made"
    git config --global protocol.file.allow always
    quietly_run datalad create old
    head -c 30000000 /dev/urandom >old/bold.nii.gz
    head -c 700000 /dev/urandom >old/anat.nii.gz
    head -c 90000 /dev/urandom >old/withdrawn.nii.gz
    quietly_run datalad -C old create -d . inner
    head -c 500000 /dev/urandom >old/inner/mask.nii.gz
    quietly_run datalad -C old save -r --message 'Years ago'
    git -C old branch -m main 2>/dev/null
    quietly_run datalad -C old create-sibling-ria -r --name ria --alias legacy --new-store-ok "ria+file://$demo/store"
    quietly_run datalad -C old push -r --to ria
    # A file that a participant withdrew: its key is dead to git-annex.
    withdrawn=$(git -C old annex lookupkey withdrawn.nii.gz)
    git -C old rm --quiet withdrawn.nii.gz
    git -C old commit --quiet -m 'A participant withdrew'
    local place
    for place in $(git -C old annex whereis --key "$withdrawn" --json | jq -r '.whereis[].uuid'); do
        quietly_run git -C old annex setpresentkey "$withdrawn" "$place" 0
    done
    quietly_run git -C old annex dead --key "$withdrawn"
    quietly_run datalad -C old push --to ria
    show datalad clone "ria+file://$demo/store#~legacy" of-old
    check "two clones of one dataset exist" succeeded
    id=$(datalad -C old configuration --scope branch get datalad.dataset.id 2>/dev/null | tail -1)
    repository=$demo/store/${id:0:3}/${id:3}
    # Later, the keys of the outer dataset were moved into an archive; the withdrawn one stays a file.
    quietly_run datalad -C old get .
    mkdir -p "$repository/archives"
    quietly_run datalad -C old export-archive-ora "$repository/archives/archive.7z"
    local file
    while read -r file; do
        [[ $file == *"$withdrawn"* ]] || { chmod -R u+w "$(dirname "$file")" && rm -rf "$(dirname "$file")"; }
    done < <(find "$repository/annex/objects" -type f)
    show find "$repository" -name '*.7z' -o -name 'MD5E*' -type f
    check "the keys of the dataset are in an archive, as DataLad makes it" test "$(7z l -slt "$repository/archives/archive.7z" | grep -c '^Path = .*/MD5E-[^/]*$')" -ge 2
}

# quietly_run COMMAND…: what a person did long ago; its output is shown only if it fails.
quietly_run() {
    "$@" >"$demo/quiet" 2>&1 || { cat "$demo/quiet" && die "failed: $*"; }
}

make_tree() {
    title "2 · And a tree of $tree_files files of four projects, with odd ones"
    /usr/bin/python3 - "$demo/tree" "$tree_files" <<'PYTHON'
import os, sys
root, count = sys.argv[1].encode(), int(sys.argv[2])
for project in range(4):
    for run in range(100):
        folder = b"%s/project-%d/run %03d" % (root, project, run)
        os.makedirs(folder)
        for image in range(count // 400):
            with open(b"%s/image_%05d.dat" % (folder, image), "wb") as file:
                file.write(b"%d %d %d\n" % (project, run, image) * (200 + 100 * (image % 7)))
odd = root + b"/project-0/odd"
os.makedirs(odd)
open(odd + "/größe µm 🐦.txt".encode(), "w").write("a name from another system")
open(odd + b"/not-utf8-\xff", "w").write("x")
os.link(odd + "/größe µm 🐦.txt".encode(), odd + b"/the same file")
os.symlink("/etc/passwd", odd + b"/leads out")
os.mkfifo(odd + b"/pipe")
with open(odd + b"/sparse", "wb") as file:
    file.truncate(1 << 30)
PYTHON
    check "made" test "$(find tree -type f | wc -l)" -ge "$tree_files"
    (cd "$demo" && find store tree -printf '%p %y %s %T@ %m %i\n' | sort) >before
}

start() {
    title "3 · A server that may adopt below two folders"
    cat >hutch.yaml <<YAML
server:
  data: $demo/data
s3:
  address: 127.0.0.1:$(s3_port=$(free_port) && echo "$s3_port" | tee s3.port)
adopt:
  roots: [$demo/store, $demo/tree]
YAML
    show cat hutch.yaml
    server_port=$(free_port)
    server=http://127.0.0.1:$server_port
    serve
    show_reading data/admin.token hutch login "$server"
    check "the operator is logged in" succeeded
}

serve() {
    printf '\033[36m$\033[0m hutch serve --config hutch.yaml --http 127.0.0.1:%s &\n' "$server_port"
    setsid "$program" serve --config hutch.yaml --http "127.0.0.1:$server_port" </dev/null >>server.log 2>&1 &
    server_pid=$!
    wait_beside "$server_pid" curl --silent --fail --output /dev/null "$server/health/ready"
}

killed() {
    kill -KILL "$server_pid"
    wait "$server_pid" 2>/dev/null || true
    say "  (kill -9, and a new start)"
    serve
}

# adopted FILTER: what jq says of the adopted folders.
adopted() { hutch adopt list --json | jq ".items | $1"; }

all_hashed() { test "$(adopted 'map(select(.state != "published" or .pendingHashes > 0)) | length')" -eq 0; }

adopt_store() {
    title "4 · The store is adopted: a plan first, then in place"
    show_both hutch adopt ria "$demo/store" --dry-run
    check "the plan has both datasets, and the keys with their backend" said 'MD5E'
    check "it changed nothing" test "$(hutch list --json | wc -l)" -eq 0
    show hutch adopt ria "$demo/store"
    check "adopted" succeeded
    killed
    eventually "all keys are hashed, after a kill in the middle" all_hashed
    show hutch adopt list
    grown=$(du -s -B1 data/segments | cut -f1)
    check "no byte of a key was copied: segments have $grown bytes, the keys 31 million" test "$grown" -lt 10000000
}

read_store() {
    title "5 · DataLad, git, the portal's API and S3 read it from where it is"
    show_both hutch datalad login
    show_both datalad clone "ria+$server/ria#~admin/legacy" from-server
    check "DataLad clones it by its alias" succeeded
    check "at the commit of the store" test "$(git -C from-server rev-parse HEAD)" = "$(git -C old rev-parse HEAD)"
    show_both datalad -C from-server get bold.nii.gz anat.nii.gz
    check "datalad get reads keys out of the archive" cmp --silent old/bold.nii.gz from-server/bold.nii.gz
    show git clone --quiet "$server/git/admin/legacy" plain
    check "git clones it" succeeded
    check "with the same commits" test "$(git -C plain log --format=%H)" = "$(git -C old log --format=%H)"
    git config --global "url.$server/ria.insteadOf" "$demo/store"
    git config --global "url.ria+$server/ria.insteadOf" "ria+file://$demo/store"
    show_both datalad -C of-old get anat.nii.gz
    check "a clone made long ago reads from the server with two lines of git configuration" cmp --silent old/anat.nii.gz of-old/anat.nii.gz
    git config --global --remove-section "url.$server/ria"
    git config --global --remove-section "url.ria+$server/ria"
    show_both datalad clone "ria+file://$demo/store#~legacy" still
    show_both datalad -C still get bold.nii.gz
    check "and the store itself works as before" cmp --silent old/bold.nii.gz still/bold.nii.gz
    echo "Authorization: Bearer $(<data/admin.token)" >authorization
    show curl --silent --fail --header @authorization --output rest "$server/api/v1/datasets/$id/entries/anat.nii.gz"
    check "the API of the portal gives the same bytes" cmp --silent old/anat.nii.gz rest
    s3_login
    show aws --endpoint-url "http://127.0.0.1:$(<s3.port)" s3 cp --no-progress s3://admin.legacy/bold.nii.gz s3.copy
    check "aws gives the same bytes" cmp --silent old/bold.nii.gz s3.copy
    check "the key that is dead to git-annex was left out, by name" test "$(adopted 'map(.notices[] | select(test("dead"))) | length')" -eq 1
    check "and its file is in no version" test "$(hutch list legacy --json | grep -c withdrawn)" -eq 0
}

s3_login() {
    hutch token create --s3 --json >s3.json
    AWS_ACCESS_KEY_ID=$(jq -r .accessKey s3.json)
    AWS_SECRET_ACCESS_KEY=$(jq -r .secretKey s3.json)
    export AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY
}

change_store() {
    title "6 · Bytes that others change are named, and never served"
    inner=$(datalad -C old/inner configuration --scope branch get datalad.dataset.id 2>/dev/null | tail -1)
    key=$(find "$demo/store/${inner:0:3}/${inner:3}/annex/objects" -type f | head -1)
    cp "$key" key.before
    chmod u+w "$key" && printf 'X' | dd of="$key" bs=1 seek=1000 conv=notrunc status=none
    address=$server/ria/${inner:0:3}/${inner:3}/annex/objects/aa/bb/$(basename "$key")/$(basename "$key")
    show_both curl --silent --show-error --fail --netrc --output got "$address"
    check "the changed key is not served" refused
    show hutch adopt ria "$demo/store"
    eventually "the store is scanned again, and the key is named" names_damage
    cp key.before "$key"
    show hutch adopt ria "$demo/store"
    eventually "it is mended in the store, and served again" serves_inner
}

names_damage() { hutch adopt list --json | grep -q "other bytes than they say"; }

serves_inner() {
    hutch adopt ria "$demo/store" >/dev/null
    curl --silent --fail --netrc --output got "$address" && cmp --silent got key.before
}

adopt_tree() {
    title "7 · The tree is adopted, a dataset for each project"
    local start segments
    segments=$(du -s -B1 data/segments | cut -f1)
    show_both hutch adopt folder "$demo/tree" --each '*' --dry-run
    check "the plan names the pipe, the name that is not UTF-8, the link that leads out" said 'UTF-8'
    start=$(now_ms)
    show_both hutch adopt folder "$demo/tree" --each '*'
    check "adopted" succeeded
    sleep 3
    killed
    eventually "all files are listed after a kill in the middle" listed
    printf '  listed %s s after the request\n' "$(seconds_since "$start")"
    eventually "and a second kill does not stop the hashing" hashes_after_kill
    printf '  hashed %s s after the request\n' "$(seconds_since "$start")"
    grown=$(($(du -s -B1 data/segments | cut -f1) - segments))
    bytes=$(adopted 'map(select(.folder | test("project-")).bytes) | add')
    check "no content was copied: the server wrote $grown bytes of records for $bytes bytes of files" test $((grown * 4)) -lt "$bytes"
    show aws --endpoint-url "http://127.0.0.1:$(<s3.port)" s3 cp --no-progress "s3://admin.project-2/run 042/image_00007.dat" image
    check "aws reads a file of it" cmp --silent "tree/project-2/run 042/image_00007.dat" image
    show aws --endpoint-url "http://127.0.0.1:$(<s3.port)" s3 cp --no-progress 's3://admin.project-0/odd/größe µm 🐦.txt' odd.txt
    check "and a name from another system" cmp --silent 'tree/project-0/odd/größe µm 🐦.txt' odd.txt
    echo changed >'tree/project-1/run 000/image_00000.dat'
    show_both aws --endpoint-url "http://127.0.0.1:$(<s3.port)" s3 cp --no-progress "s3://admin.project-1/run 000/image_00000.dat" image
    check "a changed file is not given under its old hash" refused
}

listed() { test "$(adopted 'map(.files) | add')" -ge "$tree_files"; }

hashes_after_kill() {
    [[ -n ${second_kill:-} ]] || { killed >/dev/null && second_kill=done; }
    all_hashed
}

clone_nested() {
    title "8 · Nested data is whole, or says what is missing"
    show_both hutch clone legacy outer
    check "without -r, a line names the dataset inside and how to get it" said 'inner'
    show_both hutch clone legacy whole --recursive
    check "with -r, it is there" cmp --silent old/inner/mask.nii.gz whole/inner/mask.nii.gz
    show_both hutch mount legacy mounted --recursive
    check "a mount with -r shows it in its folder" cmp --silent old/inner/mask.nii.gz mounted/inner/mask.nii.gz
    show hutch unmount mounted
}

free_space() {
    title "9 · You can free this now"
    mkdir scratch && head -c 50000000 /dev/urandom >scratch/big && cd scratch || return
    show hutch init --name scratch
    show hutch push --quiet -m "no longer needed"
    cd "$demo" || return
    show hutch delete scratch
    show hutch space
    check "the page names the bytes in the trash, and the command" said '50\.0 MB.*hutch purge'
    promised=$(hutch space --csv | awk -F, '/scratch/ { print $0 }')
    say "  $promised"
    local before_free after
    before_free=$(content_bytes)
    show hutch purge scratch --reason 'room for the next run'
    show hutch gc
    after=$(content_bytes)
    check "the disk gained what was promised, ± 1 %: $((before_free - after)) bytes" test $(((before_free - after) * 100 / 50000000)) -ge 99
    check "and not more" test $(((before_free - after) * 100 / 50000000)) -le 101
}

# content_bytes: what the segments of content use on the disk. A collection rewrites those of records as well, as often as it likes.
content_bytes() { du -c -B1 data/segments/*.bulk.tar 2>/dev/null | tail -1 | cut -f1; }

# Clones of the store itself renew the times of git's objects: these are left out.
sources_are_untouched() {
    (cd "$demo" && find store tree -printf '%p %y %s %T@ %m %i\n' | sort) >after
    test "$(comm -13 before after | grep -vE '[0-9a-f]{12}/objects/[0-9a-f]{2}/' | grep -vc "$(basename "$key")\|image_00000.dat")" -eq 0
}

demo_goodbye() {
    cat <<TEXT

The server keeps running (process $server_pid; stop it with: kill $server_pid).

  what was adopted         hutch adopt list      (with XDG_CONFIG_HOME=${XDG_CONFIG_HOME#"$root"/})
  log in there with        $(hutch user login-link admin --json | jq -r .url)
  what it wrote            ${demo#"$root"/}
TEXT
}
