# shellcheck shell=bash
# What is installed: a Debian package and a tarball, of the executable of `./run build`.

package_version() { sed -n 's/.*<Version>\(.*\)<\/Version>.*/\1/p' Directory.Build.props; }

# package_depends: the libraries of build/packages.txt that the executable needs, as Debian 12 and 13 name them.
package_depends() { packages_for run | sed 's/^libhdf5-103-1$/& | libhdf5-310/' | paste -sd, | sed 's/,/, /g'; }

# stage FOLDER: the files of an installation, as they lie on the disk.
stage() {
    local root=$1
    install -D -m 0755 "$out/hutch" "$root/usr/bin/hutch"
    install -D -m 0644 deploy/systemd/hutch.service "$root/lib/systemd/system/hutch.service"
    install -D -m 0640 deploy/debian/hutch.yaml "$root/etc/hutch/hutch.yaml"
    install -D -m 0755 deploy/salvage/*.sh -t "$root/usr/share/hutch/salvage"
    install -d "$root/usr/share/doc/hutch"
    cp -r docs/. "$root/usr/share/doc/hutch/"
    install -m 0644 LICENSE CHANGELOG.md "$out/dotnet-notices.txt" -t "$root/usr/share/doc/hutch"
    install -m 0644 NOTICE "$root/usr/share/doc/hutch/copyright"
    install -D -m 0644 deploy/monitoring/* -t "$root/usr/share/hutch/monitoring"
    "$root/usr/bin/hutch" completion bash | install -D -m 0644 /dev/stdin "$root/usr/share/bash-completion/completions/hutch"
    find "$root" -type d -exec chmod 0755 {} +
    # The same sources give the same package.
    find "$root" -exec touch --no-dereference --date="@$(git log -1 --format=%ct 2>/dev/null || echo 0)" {} +
}

package_deb() {
    local start version root
    start=$(now_ms)
    version=$(package_version)
    root=$out/deb
    rm -rf "$root"
    stage "$root"
    mkdir -p "$root/DEBIAN"
    sed -e "s/@VERSION@/$version/" -e "s/@SIZE@/$(du -sk --exclude=DEBIAN "$root" | cut -f1)/" -e "s/@DEPENDS@/$(package_depends)/" \
        deploy/debian/control.in >"$root/DEBIAN/control"
    echo /etc/hutch/hutch.yaml >"$root/DEBIAN/conffiles"
    install -m 0755 deploy/debian/postinst deploy/debian/prerm deploy/debian/postrm -t "$root/DEBIAN"
    dpkg-deb --root-owner-group -Zxz -z1 --build "$root" "$out/hutch_${version}_amd64.deb" >"$out/deb.log" || { cat "$out/deb.log" && return 1; }
    rm -rf "$root"
    done_line package "out/hutch_${version}_amd64.deb" "$start"
}

package_tar() {
    local start version root
    start=$(now_ms)
    version=$(package_version)
    root=$out/tarball/hutch-$version
    rm -rf "$out/tarball"
    mkdir -p "$root"
    cp "$out/hutch" "$root/"
    cp -r docs "$root/docs"
    cp -r deploy "$root/deploy"
    cp README.md CHANGELOG.md LICENSE NOTICE "$out/dotnet-notices.txt" "$root/"
    tar --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$(git log -1 --format=%ct 2>/dev/null || echo 0)" \
        -C "$out/tarball" -cf - "hutch-$version" | gzip -1 -n >"$out/hutch-$version-linux-x64.tar.gz"
    rm -rf "$out/tarball"
    done_line package "out/hutch-$version-linux-x64.tar.gz" "$start"
}

run_package() {
    command -v dpkg-deb >/dev/null || die "dpkg-deb is needed to make a Debian package"
    local option build=yes check=no
    for option in "$@"; do
        case "$option" in
            --no-build) build=no ;;
            --check) check=yes ;;
            *) die "package takes --no-build and --check, not '$option'" ;;
        esac
    done
    [[ $build == no && -x $out/hutch && -f $out/dotnet-notices.txt ]] || publish
    package_deb
    package_tar
    [[ $check == no ]] || build/package-check.sh
}
