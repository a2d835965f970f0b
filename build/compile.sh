# shellcheck shell=bash
# Restore, compile, publish and lay out. The versions in the lock files are the ones that are built.

# quietly NAME WORDS COMMAND…: one line when all went well, everything when not.
quietly() {
    local name=$1 words=$2 start log
    shift 2
    start=$(now_ms)
    mkdir -p "$out"
    log=$out/$name.log
    if ! "$@" </dev/null >"$log" 2>&1; then
        cat "$log"
        return 1
    fi
    done_line "$name" "$words" "$start"
}

# compile TARGET: a solution or project, warnings are errors, and so is a lock file that was not renewed after a reference was added:
# dotnet restore Hutch.slnx --force-evaluate renews them all.
compile() {
    require_dotnet
    quietly build "$1, no warnings" dotnet build "$1" --configuration Release --nologo -p:RestoreLockedMode=true || return
    # The compiler would wait ten minutes for more. For a person it may; CI waits for every process that it started.
    [[ -z ${CI:-} ]] || dotnet build-server shutdown --vbcscompiler </dev/null >/dev/null 2>&1 || true
}

# is_locked RID: whether the lock files have the versions for these processors (Directory.Build.props).
is_locked() { [[ $1 == linux-arm64 ]] && echo false || echo true; }

# ready_to_run RID: options that compile to machine code ahead of time, which halves the time to start. NuGet does not have the compiler for
# every version of the SDK; without it the same program is built, and starts slower.
ready_to_run() {
    if dotnet restore src/Hutch.Cli/Hutch.Cli.csproj -p:RuntimeIdentifier="$1" -p:SelfContained=true -p:PublishReadyToRun=true \
        -p:RestoreLockedMode="$(is_locked "$1")" </dev/null >/dev/null 2>&1; then
        echo "-p:PublishReadyToRun=true -p:PublishReadyToRunComposite=true"
    else
        echo "no compiler ahead of time for this SDK: out/hutch will start slower" >&2
    fi
}

# compiler_ahead_of_time: where the compiler to machine code is; nothing when NuGet has none for this SDK.
compiler_ahead_of_time() {
    find "${NUGET_PACKAGES:-$HOME/.nuget/packages}/microsoft.netcore.app.crossgen2.linux-x64" -path '*/tools/crossgen2' 2>/dev/null | sort -V | tail -n 1
}

# ahead_of_time FOLDER: a copy of the program that was built, as machine code. It takes 0.6 of the processor time to start. Each assembly may
# hold code of the others and of the framework that is here (inputbubble): so it runs with no other framework, and is for tests on this machine only.
ahead_of_time() {
    local built=src/Hutch.Cli/bin/Release/net10.0 folder=$1 compiler known
    compiler=$(compiler_ahead_of_time)
    mapfile -t known < <(dotnet --list-runtimes | awk '/^Microsoft.(NETCore|AspNetCore).App 10[.]/ { at[$1] = substr($3, 2, length($3) - 2) "/" $2 }
        END { for (name in at) print at[name] "/*.dll" }')
    known+=("$built/*.dll")
    rm -rf "$folder"
    cp -r "$built" "$folder"
    printf '%s\0' "$built"/*.dll | xargs -0 -P 2 -I {} sh -c \
        'file=$1 folder=$2 && shift 2 && exec "$@" "$file" --out:"$folder/$(basename "$file")"' sh {} "$folder" \
        "$compiler" --targetos:linux --targetarch:x64 -O --inputbubble "${known[@]/#/--inputbubbleref:}" "${known[@]/#/--reference:}"
}

# tests_ahead_of_time FOLDER PROJECT…: the test programs of servers use the machine code in FOLDER for the assemblies that they share with the program.
# It fits only where all of these are the same, since each may hold code of the others: .NET ends a program where they differ. The one package that the
# program has from the framework differs, and what uses it stays as it was built. The next build puts its own in the place of all.
tests_ahead_of_time() {
    local compiled=$1 built=src/Hutch.Cli/bin/Release/net10.0 differs=System.Formats.Cbor project folder file name shared
    shift
    for project in "$@"; do
        folder=tests/$project/bin/Release/net10.0 shared=()
        grep -qF Microsoft.AspNetCore.App "$folder/$project.runtimeconfig.json" || continue
        for file in "$folder"/*.dll; do
            name=$(basename "$file")
            [[ -f $built/$name ]] || continue
            cmp -s "$built/$name" "$file" || continue 2
            grep -qF "$differs" "$compiled/$name" || shared+=("$compiled/$name")
        done
        ((${#shared[@]} == 0)) || ln -f "${shared[@]}" "$folder/"
    done
}

# commands_of_tests FOLDER PROGRAM: FOLDER/hutch, which runs the client as machine code (docs/decisions/0540), and PROGRAM for the verbs that the
# client lacks. The code is optimized as in packages: otherwise commands that hash and unpack take more processor than that saves.
commands_of_tests() {
    local folder=$1 program=$2 verbs
    verbs=$(grep -rhoE '(VerbFactory\.Full\(|FullProgramVerb\.Create\(host, )"[^"]+"' src/Hutch.Commands/Verbs | sed 's/.*(\(host, \)\?"\(.*\)"/"\2 "*/' | paste -sd'|')
    rm -rf "$folder"
    dotnet publish src/Hutch.Tool/Hutch.Tool.csproj --configuration Release --runtime linux-x64 --nologo -p:Native=true -p:RunAnalyzers=false \
        -p:CppCompilerAndLinker=gcc -p:NativeDebugSymbols=false -p:PublishDocumentationFiles=false -p:PublishReferencesDocumentationFiles=false \
        -p:RestoreLockedMode=true --output "$folder/client"
    printf '#!/bin/sh\ncase "${1-} ${2-} " in %s) exec "%s" "$@" ;; esac\nexec "%s/client/hutch" "$@"\n' "$verbs" "$program" "$folder" >"$folder/hutch"
    chmod +x "$folder/hutch"
}

# program_of RID: the executable for these processors: out/hutch is that of this machine.
program_of() { if [[ $1 == linux-x64 ]]; then echo "$out/hutch"; else echo "$out/$1/hutch"; fi; }

# publish [RID]: one self-contained file, and the notices of the .NET that is in it. SingleFile is set in the project, where it leaves the lock files alone.
# No path of this machine gets into the file, so that the same commit gives the same bytes everywhere.
publish() {
    require_dotnet
    build_web
    local rid=${1:-linux-x64} program folder
    program=$(program_of "$rid")
    folder=$out/publish/$rid
    # shellcheck disable=SC2046
    quietly "publish" "${program#"$root/"}" dotnet publish src/Hutch.Cli/Hutch.Cli.csproj --configuration Release --runtime "$rid" \
        --self-contained --nologo -p:DebugType=embedded -p:PublishDocumentationFiles=false -p:PathMap="$root/=/_/" \
        -p:PublishReferencesDocumentationFiles=false -p:RestoreLockedMode="$(is_locked "$rid")" $(ready_to_run "$rid") --output "$folder"
    # A running executable cannot be written over; it can be replaced.
    mkdir -p "$(dirname "$program")"
    cp "$folder/hutch" "$program.new"
    mv "$program.new" "$program"
    cat "$folder"/*.notices.txt >"$out/dotnet-notices.txt"
}

# build_for_demo: $program, compiled for this machine only: neither analysed nor compiled ahead of time, which takes most of the time of a
# publish. It has a folder of its own, so that no later build takes it for analysed.
build_for_demo() {
    require_dotnet
    build_web bundle
    quietly demo "the program, for this machine only" dotnet build src/Hutch.Cli/Hutch.Cli.csproj --configuration Release --nologo \
        -p:RunAnalyzers=false -p:RestoreLockedMode=true --artifacts-path "$out/demo"
    DOTNET_ROOT=$(dirname "$(readlink -f "$(command -v dotnet)")")
    export DOTNET_ROOT
    program=$out/demo/bin/Hutch.Cli/release/hutch
}

run_build() {
    publish
    "$out/hutch" version 2>/dev/null || "$out/hutch" --version
}

# Only the layout: the compiler and Hutch.Architecture.Tests refuse the rest of what .editorconfig says.
check_layout() { dotnet format whitespace . --folder --verify-no-changes --exclude out && check_columns && check_structure; }

# The lines of src that are longer than max_line_length of .editorconfig, at which no tool looks. The statements of the zone's schema keep
# the form that they have: a database knows them by their hash.
check_columns() {
    ! LC_ALL=C.UTF-8 grep -rnE '.{141}' src --include='*.cs' --exclude='Zone*Schema.cs' --exclude-dir=bin --exclude-dir=obj
}

run_format() {
    require_dotnet
    if [[ ${1:-} == --check ]]; then
        dotnet format Hutch.slnx --verify-no-changes
        check_columns
    else
        dotnet format Hutch.slnx
        require_node
        npm_packages web
        npm --prefix web run format
    fi
}
