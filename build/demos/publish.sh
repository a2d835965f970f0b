# shellcheck shell=bash
# Three datasets: one public, one under an embargo, one private. Everyone finds all public facts, by each field and in each form; a bag goes out
# and comes in; a deposit in another repository is killed in the middle and continued.

demo_steps() {
    install_packages peer
    as ada
    export HOME=$demo/home && mkdir "$HOME"
    cd "$demo" || return
    make_datasets
    find_without_login
    harvest
    hand_over
    deposit
}

make_datasets() {
    title "1 · Three datasets: published, under an embargo, private"
    start_server "$demo/data"
    show_reading data/admin.token hutch login "$server"
    local name
    for name in open later secret; do
        mkdir -p "$name/raw"
        head -c 300000 /dev/urandom >"$name/raw/frame.dat"
        head -c 20000000 /dev/urandom >"$name/slow.dat"
        (cd "$name" && hutch init --name "$name" && hutch push && hutch close "$name") >quiet 2>&1 || cat quiet
        echo "{\"sample\": \"zebrafishsample-$name\", \"techniques\": [\"x-ray powder diffraction\"]}" |
            hutch metadata set "$name" >quiet 2>&1 || cat quiet
        describe "$name" >"$name.yaml"
    done
    show cat open.yaml
    show hutch publish open --description open.yaml --yes
    check "published" succeeded
    show hutch publish later --description later.yaml --embargo 2099-01-01 --yes
    check "published under an embargo" succeeded
    show hutch publication set secret secret.yaml
    check "a draft" succeeded
    open=$(hutch info open --json | jq -r .id) later=$(hutch info later --json | jq -r .id) secret=$(hutch info secret --json | jq -r .id)
}

describe() {
    cat <<YAML
title: Quokka diffraction, $1
abstract: Frames of a wombatite crystal, measured for this demonstration.
authors:
  - {name: Lovelace, given: Ada, orcid: 0000-0002-1825-0097, affiliations: [{name: Institute of Tests}]}
publisher: Institute of Tests
license: CC-BY-4.0
keywords: [numbatkeyword]
funding: [{funder: Bilby Foundation, award: B-7}]
related: [{identifier: 10.5281/zenodo.4711, relation: IsSupplementTo}]
YAML
}

# found QUERY: the ids of what everyone finds, in the dataset list and among the publications.
found() {
    curl --silent --fail --get "$server/api/v1/search" --data-urlencode "q=$1" | tee -a searched |
        jq -r '(.items[]?.id), (.publications[]?.page | split("/") | last)'
}

find_without_login() {
    title "2 · Found without a login, by each field"
    local query
    eventually "the search knows both publications" both_are_found quokka
    for query in quokka wombatite lovelace 0000-0002-1825-0097 numbatkeyword bilby 10.5281/zenodo.4711; do
        check "$query finds both pages, and not the private one" both_are_found "$query"
    done
    check "the metadata find the open one" test "$(found zebrafishsample)" = "$open"
    check "a broader technique finds the open one" test "$(found 'techniques:"powder diffraction"')" = "$open"
    check "nothing named the private one" not_named "$secret" searched
    show curl --silent "$server/publications?q=wombatite&format=atom"
    check "a feed follows the search" said "$open"
    show curl --silent "$server/sitemap.xml"
    check "search engines get an index" said '<sitemapindex'
    curl --silent --fail --get "$server/panosc/api/Datasets" --data-urlencode \
        'filter={"include": [{"relation": "techniques", "scope": {"where": {"name": "powder diffraction"}}}]}' | jq . | tee pan.json
    check "portals find it by the PaN search API" test "$(jq length pan.json)" = 1
}

both_are_found() { [[ $(found "$1" | sort | paste -sd' ') == $(printf '%s\n' "$open" "$later" | sort | paste -sd' ') ]]; }

not_named() { ! grep -q "$1" "$2"; }

harvest() {
    title "3 · A harvester"
    local token=''
    : >harvest.xml
    while :; do
        curl --silent --fail --get "$server/oai" --data verb=ListRecords \
            --data "${token:+resumptionToken=$token}${token:-metadataPrefix=oai_dc}" | sed 's/<?xml[^>]*>//' >page.xml
        cat page.xml >>harvest.xml
        token=$(grep -oP '(?<=<resumptionToken)[^>]*>\K[^<]+' page.xml) || break
    done
    check "OAI-PMH lists both" test "$(grep -c -E "$open|$later" harvest.xml)" -ge 2
    check "and not the private one" not_named "$secret" harvest.xml
}

hand_over() {
    title "4 · A bag goes out and comes in"
    curl --silent --fail "$server/api/v1/datasets/$open/archive.tar?bagit=true" | tar x
    local bag
    bag=$(basename "$(dirname open-*/bagit.txt)")
    show env --chdir="$bag" sha256sum --check --quiet --strict manifest-sha256.txt tagmanifest-sha256.txt
    check "coreutils accept both manifests" succeeded
    show hutch import-bag "$bag" again
    check "the bag became a dataset" succeeded
    rm "$bag/data/slow.dat"
    show_both hutch import-bag "$bag" broken
    check "a bag that lacks a file is refused" refused
}

deposit() {
    title "5 · A deposit in another repository, killed in the middle"
    local port repository
    port=$(free_port)
    /usr/bin/python3 "$root/build/demos/invenio.py" "$port" "$demo/arrivals" &
    repository_pid=$!
    trap 'kill -KILL "${server_pid:-}" "$repository_pid" 2>/dev/null || true' EXIT
    repository=http://127.0.0.1:$port
    until (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do sleep 0.05; done
    echo zenodo-token >token
    printf '\033[36mada$\033[0m hutch deposit %s open < token & … kill -9\n' "$repository"
    "$program" deposit "$repository" open <token >quiet 2>&1 &
    local client=$!
    wait_beside "$client" grep -qs 'begins slow.dat' arrivals
    kill -KILL "$client"
    wait "$client" 2>/dev/null || true
    show_reading token hutch deposit "$repository" open
    check "continued in the first draft" said '/r1 is a draft with all files'
    show cat arrivals
    check "no file that had arrived was sent again" test "$(grep -c 'arrived raw/frame.dat' arrivals)" = 1
    show_reading token hutch deposit "$repository" open --max-bytes 1000
    check "too large is refused before the first byte" refused
    show_reading token hutch deposit "$repository" secret
    check "an unpublished dataset is refused" refused
    show_reading token hutch deposit "$repository" open --publish
    check "published" said '10.5281/zenodo.r1'
    show hutch publication show open --json
    check "the record is named here" said '10.5281/zenodo.r1'
    check "the token is nowhere" not_there zenodo-token
    kill "$repository_pid"
}

not_there() { ! grep -rqs "$1" "$HOME" "$demo/home-ada" "$demo/data"; }
