# shellcheck shell=bash
# The portal: web/ (TypeScript), built into web/dist, from where Hutch.Api takes it into the program. Nothing is done when nothing changed.

node_wanted=20.19

# node_fits: whether this node runs the build (Vite says which).
node_fits() {
    command -v node >/dev/null && command -v npm >/dev/null &&
        [[ $(printf '%s\nv%s\n' "$(node --version)" "$node_wanted" | sort -V | head -n 1) == "v$node_wanted" ]]
}

# require_node: Node.js from the machine, else from Debian; where Debian's is too old, its npm fetches one that is not.
require_node() {
    [[ ! -x $out/node/node_modules/node/bin/node ]] || export PATH="$out/node/node_modules/node/bin:$PATH"
    node_fits && return
    command -v npm >/dev/null || install_packages web
    if ! node_fits; then
        mkdir -p "$out/node"
        quietly node "Node.js $node_wanted or later" npm install --prefix "$out/node" --no-save --no-audit --no-fund node@20 ||
            die "Node.js $node_wanted or later is needed to build the portal"
        export PATH="$out/node/node_modules/node/bin:$PATH"
    fi
    node_fits || die "Node.js $node_wanted or later is needed to build the portal; here is $(node --version)"
}

# web_inputs: a hash of everything the portal is made from.
web_inputs() {
    {
        find web -type d \( -name node_modules -o -name dist \) -prune -o -type f ! -name schema.d.ts ! -name .built ! -path 'web/test/*' -print
        echo tests/Hutch.Api.Tests/openapi.json
    } | LC_ALL=C sort | xargs -d '\n' sha256sum | sha256sum | cut -d' ' -f1
}

# npm_packages FOLDER: leaves the packages of its lock file there. Nothing is done when nothing changed.
npm_packages() {
    local folder=$1 lock
    lock=$(sha256sum "$folder/package-lock.json" | cut -d' ' -f1)
    [[ $(cat "$folder/node_modules/.lock-hash" 2>/dev/null) != "$lock" ]] || return 0
    require_node
    quietly npm "packages of $folder" npm --prefix "$folder" ci --no-audit --no-fund
    echo "$lock" >"$folder/node_modules/.lock-hash"
}

# build_web [bundle]: leaves web/dist as the sources say. `bundle` leaves the types unchecked, which is enough for a demo.
build_web() {
    local script=${1:-build} inputs
    inputs=$(web_inputs)
    if [[ -f web/dist/index.html && $(cat web/.built 2>/dev/null) =~ ^($script|build)\ $inputs$ ]]; then
        return
    fi
    require_node
    npm_packages web
    quietly web "the portal" npm --prefix web run "$script"
    echo "$script $inputs" >web/.built
}

# test_web: layout, types and unit tests of the portal; leaves Web.log, Web.json and Web.result as the test projects do.
test_web() {
    local start log=$test_log/Web.log results=$test_log/tmp/web.json good=0 bad=0
    start=$(now_ms)
    require_node
    if (cd web && npx biome ci . && npx vitest run --reporter=default --reporter=json --outputFile.json="$results") </dev/null >"$log" 2>&1; then
        good=$(jq .numPassedTests "$results")
        jq '{ results: { tests: [.testResults[].assertionResults[] | { name: .fullName, duration: (.duration | round), status }] } }' \
            "$results" >"$test_log/Web.json"
    else
        bad=1
    fi
    echo "$good $bad" >"$test_log/Web.result"
    printf '  %-28s %-36s %8s s\n' "web" "$good passed$( ((bad == 0)) || echo ", failed")" "$(seconds_since "$start")"
}
