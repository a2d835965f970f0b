# shellcheck shell=bash
# A server with one dataset of each kind: find it by its metadata, look inside it in a browser, publish one, and clone it.

demo_steps() {
    title "A server, a scientist, and what other programs wrote"
    data=$demo/data
    start_server "$data"
    as admin
    show_reading "$data/admin.token" hutch login "$server"
    show hutch user create ada --json
    check "ada has an account" succeeded
    jq -r .token <<<"$shown" >"$demo/ada.token"
    login_link=$(hutch user login-link ada --json | jq -r '.. | strings | select(startswith("http"))' | head -1)
    as ada
    show_reading "$demo/ada.token" hutch login "$server"
    cd "$demo" || return
    mkdir files
    show /usr/bin/python3 "$root/build/demos/look.py" files
    check "there is a folder for each kind" test "$(find files -mindepth 1 -maxdepth 1 -type d | wc -l)" -eq 6

    fill
    diffraction
    find_again
    publish_one
    take_away
    addresses
}

# put NAME TITLE TYPE METADATA: a dataset of a folder of files.
put() {
    local name=$1 title=$2 type=$3
    show hutch init "files/$name" --name "$name" --title "$title" --type "$type"
    (cd "files/$name" && hutch push --quiet -m "as measured" >/dev/null)
    check "$name is stored" test "$(hutch info "$name" --json | jq -r .name)" = "ada/$name"
    jq --null-input "$4" >"$demo/metadata.json"
    hutch metadata set "$name" "$demo/metadata.json" --quiet >/dev/null
    check "and says what it is" test "$(hutch metadata get "$name" | jq -r .instrument)" = "$(jq -r .instrument "$demo/metadata.json")"
}

fill() {
    title "1 · A volume, a map, tables, images, a structure, and a notebook"
    put capsid "Capsid, averaged" volume \
        '{sample: "capsid", instrument: "Krios 2", collected: "2026-10-12", size: [160, 160, 128], voxel_size: [13.5, 13.5, 13.5], resolution: 27}'
    put cobalt-map "Cobalt in section 7" generic '{sample: "section 7", instrument: "I18", collected: "2026-11-03", keywords: ["fluorescence"]}'
    put ring-2026-11 "The storage ring in November" table '{instrument: "storage ring", collected: "2026-11-01", rows: 50000}'
    put falling-drop "A drop that falls" image-stack \
        '{sample: "glycerol", instrument: "fast camera", collected: "2026-11-05", images: 24, exposure: "200 us", image_size: [320, 240]}'
    put helix "Thirty alanines" generic '{sample: "alanine", instrument: "textbook", collected: "2026-11-06"}'
    put cobalt-notes "What became of section 7" generic '{sample: "section 7", instrument: "I18", collected: "2026-11-04"}'
}

diffraction() {
    title "2 · A series of diffraction images, and the spots in it"
    show hutch simulate dataset beamtime/lysozyme --images 12
    show hutch ingest beamtime/lysozyme_master.h5 lysozyme
    check "it was ingested, with what the master file says" said 'lysozyme'
    show hutch analyse lysozyme
    check "every frame has a result" test "$(grep -cE '^ +[0-9]+ +[0-9]+ +[0-9]+ ' "$demo/shown")" -eq 12
    show hutch close lysozyme -m "as measured"
    show hutch info lysozyme-spots
    check "the results say where they come from" said 'ada/lysozyme'
}

# found NAME…: those are all that the last search has shown.
found() { [[ $(awk 'NR > 1 { print $1 }' <<<"$shown" | sort | paste -sd' ') == "$*" ]]; }

find_again() {
    title "3 · Find them"
    show hutch search cobalt
    check "by a word of the name or the title" found ada/cobalt-map ada/cobalt-notes
    show hutch search 'resolution < 3 nm'
    check "by a value, in another unit" found ada/capsid
    show hutch search 'exposure <= 0.2 ms' type:image-stack
    check "by type and value" found ada/falling-drop
    show hutch search 'sample="section 7"' 'collected >= 2026-11-04'
    check "by sample and date" found ada/cobalt-notes
    show hutch search 'instrument="Krios 2"' owner:ada
    check "by instrument and owner" found ada/capsid
    show hutch search grains.ipynb
    check "by the name of a file" found ada/cobalt-notes
    show hutch search --facets
    check "or choose from the existing values" said 'Krios 2'
}

publish_one() {
    title "4 · Show one to everybody"
    show hutch close capsid -m "final"
    cat >publication.json <<'JSON'
{
  "title": "A capsid at 27 Å",
  "abstract": "The average of a simulated tilt series.",
  "authors": [{"name": "Lovelace", "given": "Ada", "orcid": "0000-0002-1825-0097"}],
  "publisher": "The demonstration",
  "license": "CC-BY-4.0",
  "keywords": ["capsid"]
}
JSON
    show hutch publish capsid --description publication.json --yes
    check "it is published" succeeded
    page=$(hutch publication show capsid --json | jq -r .page)
    show curl --silent --header 'Accept: application/x-bibtex' "$page"
    check "its public page shows the citation" said '@|Lovelace'
    check "other datasets stay private" \
        test "$(curl --silent --output /dev/null --write-out '%{http_code}' "$server/api/v1/datasets/$(hutch info lysozyme --json | jq -r .id)")" = 401
}

take_away() {
    title "5 · Take it away"
    show hutch clone ada/capsid capsid
    check "the same bytes" cmp --silent files/capsid/capsid.mrc capsid/capsid.mrc
    show hutch export lysozyme lysozyme.nxs
    check "the frames as one NeXus file" test -s lysozyme.nxs
}

# The view at each address, for the person at the browser.
addresses() {
    title "6 · Look inside them, in a browser"
    look_at "a volume: its slices, and the whole of it" capsid /files/capsid.mrc
    look_at "a map in an HDF5 file, with its axes" cobalt-map /files/cobalt_map.nxs
    look_at "a table of 50 000 rows: sort it, plot it" ring-2026-11 /files/ring.csv
    look_at "images" falling-drop /files/drop_012.png
    look_at "a molecule" helix /files/helix.cif
    look_at "a notebook" cobalt-notes /files/grains.ipynb
    look_at "the log of the scan" cobalt-notes /files/scan.log
    look_at "diffraction, with the spots" lysozyme /frames
    look_at "the spots of each frame" lysozyme-spots /analysis
    printf '  %-42s %s\n' "what everybody sees of the published one" "$page"
    say "  log in first, this works once: $login_link"
}

# look_at WORDS DATASET PAGE: prints the address of a page, which must be there.
look_at() {
    local address
    address=$server/datasets/$(hutch info "$2" --json | jq -r .id)$3
    printf '  %-42s %s\n' "$1" "$address"
    curl --silent --fail --output /dev/null --header 'Accept: text/html' "$address" || demo_problems+=("there is no page $address")
}

demo_goodbye() {
    cat <<TEXT

The server keeps running (process $server_pid; stop it with: kill $server_pid).

  the portal                $server
  log in there, once        $login_link
  log in as ada             ${program#"$root"/} login $server < ${demo#"$root"/}/ada.token
  what it wrote             ${demo#"$root"/}
TEXT
}
