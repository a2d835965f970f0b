# shellcheck shell=bash
source build/roots.sh
# A release, in out/packages: for each kind of processor a tarball, a Debian package and an RPM package of the executable of `./run build`; the client for
# each system; the Python package; checksums, and the list of all that is inside (CycloneDX). The same commit gives the same bytes on
# every machine.

packages=$out/packages
# The processors, as .NET, Debian and RPM name them.
declare -A deb_names=([linux-x64]=amd64 [linux-arm64]=arm64) rpm_names=([linux-x64]=x86_64 [linux-arm64]=aarch64)

# Where the client runs.
client_systems=(linux-x64 linux-arm64 linux-musl-x64 win-x64 osx-x64 osx-arm64)

package_version() { sed -n 's/.*<Version>\(.*\)<\/Version>.*/\1/p' Directory.Build.props; }

# source_time: when the commit was made, which is when all files in packages say that they were.
source_time() { git log -1 --format=%ct 2>/dev/null || echo 0; }

# manual FOLDER: the manual pages, from this machine's program.
manual() { SOURCE_DATE_EPOCH=$(source_time) "$out/hutch" manual "$1"; }

# stage FOLDER RID ZSH: the files of an installation, as they are on the disk; zsh looks into another folder on each distribution.
stage() {
    local root=$1
    install -D -m 0755 "$(program_of "$2")" "$root/usr/bin/hutch"
    install -D -m 0644 deploy/systemd/hutch.service "$root/usr/lib/systemd/system/hutch.service"
    install -D -m 0644 deploy/systemd/programs.conf "$root/usr/share/hutch/programs.conf"
    install -D -m 0640 deploy/debian/hutch.yaml "$root/etc/hutch/hutch.yaml"
    install -D -m 0755 deploy/salvage/*.sh -t "$root/usr/share/hutch/salvage"
    install -D -m 0644 deploy/monitoring/* -t "$root/usr/share/hutch/monitoring"
    install -d "$root/usr/share/doc/hutch"
    cp -r docs/. "$root/usr/share/doc/hutch/"
    install -m 0644 LICENSE CHANGELOG.md "$out/dotnet-notices.txt" -t "$root/usr/share/doc/hutch"
    install -m 0644 NOTICE "$root/usr/share/doc/hutch/copyright"
    manual "$root/usr/share/man/man1"
    gzip -9n "$root"/usr/share/man/man1/*.1
    "$out/hutch" completion bash | install -D -m 0644 /dev/stdin "$root/usr/share/bash-completion/completions/hutch"
    "$out/hutch" completion zsh | install -D -m 0644 /dev/stdin "$root/usr/share/zsh/$3/_hutch"
    "$out/hutch" completion fish | install -D -m 0644 /dev/stdin "$root/usr/share/fish/vendor_completions.d/hutch.fish"
    find "$root" -type d -exec chmod 0755 {} +
    find "$root" -exec touch --no-dereference --date="@$(source_time)" {} +
}

package_deb() {
    local rid=$1 start version root name
    start=$(now_ms)
    version=$(package_version)
    name=hutch_${version}_${deb_names[$rid]}.deb
    root=$out/deb
    rm -rf "$root"
    # Before Debian 13 units are looked for in /lib, which is the same folder.
    stage "$root" "$rid" vendor-completions
    mkdir -p "$root/DEBIAN"
    sed -e "s/@VERSION@/$version/" -e "s/@ARCHITECTURE@/${deb_names[$rid]}/" -e "s/@SIZE@/$(du -sk --apparent-size --exclude=DEBIAN "$root" | cut -f1)/" \
        deploy/debian/control.in >"$root/DEBIAN/control"
    echo /etc/hutch/hutch.yaml >"$root/DEBIAN/conffiles"
    install -m 0755 deploy/debian/postinst deploy/debian/prerm deploy/debian/postrm -t "$root/DEBIAN"
    SOURCE_DATE_EPOCH=$(source_time) dpkg-deb --root-owner-group -Zxz -z"$packed" --build "$root" "$packages/$name" >"$out/deb.log" || { cat "$out/deb.log" && return 1; }
    rm -rf "$root"
    done_line package "$name" "$start"
}

# The spec's files are those of a staged folder. rpmbuild would strip the executable, which ends it: the assemblies are behind the code.
package_rpm() {
    local rid=$1 start version root name
    start=$(now_ms)
    version=$(package_version)
    name=hutch-$version-1.${rpm_names[$rid]}.rpm
    root=$out/rpm
    rm -rf "$root"
    stage "$root/files" "$rid" site-functions
    SOURCE_DATE_EPOCH=$(source_time) rpmbuild -bb --quiet --target "${rpm_names[$rid]}-linux" --buildroot "$root/buildroot" \
        --define "_topdir $root" --define "version $version" --define "staged $root/files" --define "packed $packed" \
        deploy/rpm/hutch.spec >"$out/rpm.log" 2>&1 || { cat "$out/rpm.log" && return 1; }
    mv "$root/RPMS/${rpm_names[$rid]}/$name" "$packages/"
    rm -rf "$root"
    done_line package "$name" "$start"
}

# archive FOLDER NAME: out/packages/NAME with the folder, in the same bytes for the same files.
archive() {
    tar --sort=name --owner=0 --group=0 --numeric-owner --mode='u+w,go+r-w,a+X' --mtime="@$(source_time)" \
        -C "$(dirname "$1")" -cf - "$(basename "$1")" | gzip "-$packed" -n >"$packages/$2"
}

package_tar() {
    local rid=$1 start version root name
    start=$(now_ms)
    version=$(package_version)
    name=hutch-$version-$rid.tar.gz
    root=$out/tarball/hutch-$version
    rm -rf "$out/tarball"
    mkdir -p "$root"
    cp "$(program_of "$rid")" "$root/hutch"
    cp -r docs deploy "$root/"
    manual "$root/man/man1"
    cp README.md CHANGELOG.md LICENSE NOTICE "$out/dotnet-notices.txt" "$root/"
    archive "$root" "$name"
    rm -rf "$out/tarball"
    done_line package "$name" "$start"
}

# client_of RID: the name of the client on a system.
client_of() { if [[ $1 == win-* ]]; then echo hutch.exe; else echo hutch; fi; }

# machine_code RID: sets options to those of machine code alone. It is linked with the C library of Debian 11, and with the older versions of three of its
# functions, so that it runs with every glibc from 2.17.
machine_code() {
    local architecture=${deb_names[$1]} processor=${rpm_names[$1]} tools='' old_math=$out/publish/old-math-$1.o root
    [[ $1 == linux-x64 ]] || tools=$processor-linux-gnu-
    root=$roots/bullseye-$architecture
    foreign_libraries bullseye "$architecture" libc6-dev || { tail -5 "$root.log" >&2; die "the C library of Debian 11 cannot be had"; }
    mkdir -p "$out/publish"
    "${tools}gcc" -O2 -c build/old-math.c -o "$old_math"
    options=(-p:Native=true -p:CppCompilerAndLinker="${tools}gcc" -p:ObjCopyName="${tools}objcopy" -p:SysRoot="$root"
        -p:OldLibrary="$root/usr/lib/$processor-linux-gnu" -p:OldMath="$old_math"
        -p:CustomAfterMicrosoftCommonTargets="$PWD/build/old-library.targets")
}

# publish_client RID FOLDER: the client for a system, as one file in FOLDER, and the notices of the .NET that is in it. Linux with glibc has
# machine code alone; for the others NuGet has no compiler ahead of time, and they have trimmed .NET (docs/decisions/0540).
publish_client() {
    require_dotnet
    local rid=$1 folder=$2 built=$out/publish/client/$1 options
    case $rid in
        linux-x64 | linux-arm64) machine_code "$rid" ;;
        *) options=(--self-contained -p:PublishReadyToRun=true -p:PublishReadyToRunComposite=false -p:TrimmerRemoveSymbols=true) ;;
    esac
    rm -rf "$built"
    quietly "client-$rid" "the client for $rid" dotnet publish src/Hutch.Tool/Hutch.Tool.csproj --configuration Release --runtime "$rid" \
        --nologo -p:DebugType=embedded -p:PublishDocumentationFiles=false -p:PublishReferencesDocumentationFiles=false \
        -p:PathMap="$root/=/_/" -p:RestoreLockedMode=true "${options[@]}" --output "$built"
    mkdir -p "$folder"
    cp "$built/$(client_of "$rid")" "$folder/"
    cat "$built"/*.notices.txt >"$folder/dotnet-notices.txt"
}

# package_client RID: the client for a system, in an archive that its users can open without more software.
package_client() {
    local rid=$1 start name folder
    start=$(now_ms)
    name=hutch-client-$(package_version)-$rid
    folder=$out/client/$name
    rm -rf "$out/client"
    publish_client "$rid" "$folder"
    cp LICENSE NOTICE "$folder/"
    if [[ $rid == win-* ]]; then
        name+=.zip
        find "$folder" -exec touch --no-dereference --date="@$(source_time)" {} +
        (cd "$out/client" && TZ=UTC python3 -m zipfile -c "$packages/$name" "$(basename "$folder")/")
    else
        name+=.tar.gz
        archive "$folder" "$name"
    fi
    rm -rf "$out/client"
    done_line package "$name" "$start"
}

package_wheel() {
    local start
    start=$(now_ms)
    SOURCE_DATE_EPOCH=$(source_time) python3 python/build_wheel.py "$packages" >"$out/wheel.log" 2>&1 || { cat "$out/wheel.log" && return 1; }
    done_line package "$(cd "$packages" && ls hutch-*.whl)" "$start"
}

# runtime_of RID: the version of .NET in the executable.
runtime_of() { dotnet msbuild src/Hutch.Cli/Hutch.Cli.csproj -getProperty:RuntimeFrameworkVersion -p:RuntimeIdentifier="$1" -p:SelfContained=true; }

# package_contents: what the program contains, from the lock files: packages of NuGet and npm, and the .NET runtime.
package_contents() {
    local start rid runtimes=()
    start=$(now_ms)
    for rid in "${!deb_names[@]}"; do runtimes+=("$rid $(runtime_of "$rid")"); done
    dotnet tool restore >"$out/sbom.log" 2>&1 || { cat "$out/sbom.log" && return 1; }
    dotnet tool run dotnet-CycloneDX -- src/Hutch.Cli/Hutch.Cli.csproj --output "$out" --filename nuget.cdx.json --output-format Json --spec-version 1.5 \
        --disable-package-restore --recursive >"$out/sbom.log" 2>&1 || { cat "$out/sbom.log" && return 1; }
    npm --prefix web sbom --sbom-format cyclonedx --omit dev --package-lock-only >"$out/npm.cdx.json"
    jq --null-input --arg version "$(package_version)" --arg time "$(date --utc --date="@$(source_time)" +%FT%TZ)" \
        --slurpfile nuget "$out/nuget.cdx.json" --slurpfile npm "$out/npm.cdx.json" -f build/contents.jq --args "${runtimes[@]}" >"$packages/hutch-$(package_version).cdx.json"
    rm "$out/nuget.cdx.json" "$out/npm.cdx.json"
    done_line package "hutch-$(package_version).cdx.json" "$start"
}

# package_sums: the SHA-256 of each file; signed when HUTCH_SIGNING_KEY names a secret key of minisign.
package_sums() {
    (cd "$packages" && rm -f SHA256SUMS SHA256SUMS.minisig && LC_ALL=C sha256sum -- * >SHA256SUMS)
    [[ -z ${HUTCH_SIGNING_KEY:-} ]] || minisign -S -s "$HUTCH_SIGNING_KEY" -m "$packages/SHA256SUMS" -t "Hutch $(package_version)"
}

run_package() {
    local option build=yes check=no rid each rids=() clients=()
    # The strongest compression takes minutes for each package.
    packed=6
    for option in "$@"; do
        case "$option" in
            --no-build) build=no ;;
            --check) check=yes ;;
            --quick) packed=1 ;;
            linux-x64 | linux-arm64) rids+=("$option") ;;
            clients) clients=("${client_systems[@]}") ;;
            *) die "package takes linux-x64, linux-arm64, clients, --quick, --no-build and --check, not '$option'" ;;
        esac
    done
    ((${#rids[@]} + ${#clients[@]} > 0)) || rids=(linux-x64 linux-arm64) clients=("${client_systems[@]}")
    install_packages package link
    export Reproducible=true # read by Directory.Build.props
    rm -rf "$packages"
    mkdir -p "$packages"
    for rid in "${rids[@]}"; do
        # The manual pages and completion scripts come from the program itself, so that this machine's is always there.
        for each in linux-x64 "$rid"; do
            [[ ($build == no || $each != "$rid") && -x $(program_of "$each") && -f $out/dotnet-notices.txt ]] || publish "$each"
        done
        package_tar "$rid"
        package_deb "$rid"
        package_rpm "$rid"
    done
    for rid in "${clients[@]}"; do package_client "$rid"; done
    package_wheel
    package_contents
    package_sums
    [[ $check == no ]] || { install_packages check && build/package-check.sh; }
}
