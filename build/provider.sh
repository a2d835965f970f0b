# shellcheck shell=bash
# The OpenID provider of the tests: npm packages in tests/oidc-provider, as its lock file says.

# provider_packages: leaves them installed. Nothing is done when nothing changed.
provider_packages() {
    local folder=tests/oidc-provider lock
    lock=$(sha256sum "$folder/package-lock.json" | cut -d' ' -f1)
    [[ $(cat "$folder/node_modules/.lock-hash" 2>/dev/null) != "$lock" ]] || return 0
    require_node
    quietly provider "packages of the tests' OpenID provider" npm --prefix "$folder" ci --no-audit --no-fund
    echo "$lock" >"$folder/node_modules/.lock-hash"
}
