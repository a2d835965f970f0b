#!/bin/bash
# Makes a golden data folder: what the given hutch leaves of a small installation, stopped in order.
#   tests/data/golden/make.sh /path/to/hutch tests/data/golden/format-N.tar.gz
# The folder of each released format is made once, by the program that wrote that format, and stays as it is. So do the commits that git is
# given of it: `commits` has their authors, times, trees and subjects, and the tree of git-annex, as GoldenFolderTests asks for them.
set -euo pipefail
hutch=$(realpath "$1") output=$(realpath -m "$2")
work=$(mktemp -d)
trap 'kill "$server" 2>/dev/null || true; rm -rf "$work"' EXIT
export HOME=$work/home XDG_CONFIG_HOME=$work/home/.config XDG_DATA_HOME=$work/home/.local
mkdir -p "$HOME"
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')

"$hutch" serve --data "$work/data" --http "127.0.0.1:$port" --s3 off >"$work/log" 2>&1 &
server=$!
until curl --silent --fail "http://127.0.0.1:$port/health/ready" >/dev/null; do sleep 0.1; done
"$hutch" login "http://127.0.0.1:$port" <"$work/data/admin.token" >/dev/null
ada=$("$hutch" user create ada --json | python3 -c 'import json, sys; print(json.load(sys.stdin)["token"])')
"$hutch" user create bob --json >/dev/null
"$hutch" login "http://127.0.0.1:$port" <<<"$ada" >/dev/null

mkdir "$work/lysozyme" && cd "$work/lysozyme"
seq 1000 >numbers && mkdir -p deep/er && echo nested >deep/er/file && ln -s numbers link && touch empty
python3 -c 'import sys; sys.stdout.buffer.write(bytes(range(256)) * (9 << 12))' >large.bin     # nine megabytes: extents; it packs well
"$hutch" init --name lysozyme >/dev/null && "$hutch" push -m first
echo changed >numbers && "$hutch" push -m second
"$hutch" share lysozyme --with bob --right read
"$hutch" close lysozyme
"$hutch" derive lysozyme --name open-copy --copy
(cd "$work/lysozyme" && find . -path ./.hutch -prune -o -type f -print0 | sort -z | xargs -0 sha256sum) >"$work/files.sha256"

kill "$server" && wait "$server" || true
echo "$ada" >"$work/ada.token"
tar -C "$work" --sort=name --owner=0 --group=0 --numeric-owner -czf "$output" data files.sha256 ada.token
ls -l "$output"
