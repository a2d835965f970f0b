# shellcheck shell=bash
# What every command uses: the folders, words on the terminal, the clock, and the .NET SDK.

root=$PWD
out=$root/out
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1
# The SDK wants libicu for the languages of its messages, which a bare machine does not have; Hutch itself is built without (Directory.Build.props).
export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1
# No build process stays behind: a CI job ends when its last process does.
export MSBUILDDISABLENODEREUSE=1

die() {
    printf 'run: %s\n' "$*" >&2
    exit 1
}

now_ms() { date +%s%3N; }

# seconds_since MS: seconds with one decimal.
seconds_since() {
    local ms=$(($(now_ms) - $1))
    printf '%d.%d' $((ms / 1000)) $((ms % 1000 / 100))
}

# done_line NAME WORDS START_MS
done_line() { printf '%-9s %-46s %8s s\n' "$1" "$2" "$(seconds_since "$3")"; }

require_dotnet() {
    command -v dotnet >/dev/null || [[ ! -x $HOME/.dotnet/dotnet ]] || export PATH="$HOME/.dotnet:$PATH"
    local wanted
    wanted=$(sed -n 's/.*"version": *"\([^"]*\)".*/\1/p' global.json)
    command -v dotnet >/dev/null ||
        die "the .NET SDK $wanted is not installed (no 'dotnet' in PATH or in ~/.dotnet). Install it, then run this again."
    dotnet --version >/dev/null 2>&1 ||
        die "an SDK that fits global.json ($wanted or a later patch) is needed; here are: $(dotnet --list-sdks | cut -d' ' -f1 | paste -sd' ')"
}
