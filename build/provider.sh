# shellcheck shell=bash
# What tests need from npm, as lock files say: the OpenID provider (tests/oidc-provider), the AWS SDK for JavaScript (tests/s3-client-node).

# provider_packages: leaves them installed. Nothing is done when nothing changed.
provider_packages() {
    npm_packages tests/oidc-provider "packages of the tests' OpenID provider"
    npm_packages tests/s3-client-node "packages of the tests' S3 client"
}

# npm_packages FOLDER WORDS
npm_packages() {
    local folder=$1 lock
    lock=$(sha256sum "$folder/package-lock.json" | cut -d' ' -f1)
    [[ $(cat "$folder/node_modules/.lock-hash" 2>/dev/null) != "$lock" ]] || return 0
    require_node
    quietly npm "$2" npm --prefix "$folder" ci --no-audit --no-fund
    echo "$lock" >"$folder/node_modules/.lock-hash"
}
