# shellcheck shell=bash

run_serve() {
    install_packages run
    publish
    exec "$out/hutch" serve "$@"
}
