#!/bin/sh
# Builds what is given out, into the folder named (dist): static programs for Linux and Windows, Debian packages, what they are made of
# (CycloneDX) and the hashes of all. The same commit gives the same bytes on every machine: times are the commit's, paths are cut,
# archives are in order. VERSION is the last tag, or the commit where there is none.
set -eu
cd "$(dirname "$0")/../.."
out=${1:-dist}
GO=${GO:-go}
VERSION=${VERSION:-$(git describe --tags --always --dirty 2>/dev/null | sed 's/^v//')}
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}

export SOURCE_DATE_EPOCH
NFPM=github.com/goreleaser/nfpm/v2/cmd/nfpm@v2.43.1
SBOM=github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod@v1.10.0
command -v zip >/dev/null || { echo "release: zip is needed (apt install zip)" >&2; exit 1; }
rm -rf "$out"
mkdir -p "$out"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

build() { # OS ARCH FILE
    CGO_ENABLED=0 GOOS=$1 GOARCH=$2 GOFLAGS= $GO build -trimpath -buildvcs=false -ldflags "-s -w -buildid= -X main.version=$VERSION" -o "$3" ./cmd/loa
}

pack() { # FOLDER ARCHIVE: in order, with the commit's time and nobody's name
    tar -C "$1" --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner --mode=u+rw,go+r,go-w -cf - . | gzip -n -9 >"$2"
}

build linux amd64 "$work/loa"
$GO run $SBOM bin -json -licenses -std -noserial -notimestamp -version "$VERSION" -output "$out/loa-$VERSION.sbom.cdx.json" "$work/loa"

for arch in amd64 arm64; do
    dir="$work/linux-$arch"
    mkdir -p "$dir"
    build linux $arch "$dir/loa"
    cp "$out/loa-$VERSION.sbom.cdx.json" "$dir/sbom.cdx.json"
    # A version of Debian begins with a digit; one that is only a commit has none.
    case $VERSION in [0-9]*.*) deb=$VERSION ;; *) deb=0~$VERSION ;; esac
    VERSION=$deb ARCH=$arch DIST=$dir $GO run $NFPM package --config deploy/deb/nfpm.yaml --packager deb --target "$out/loa_${VERSION}_$arch.deb"
    mkdir -p "$dir/docs"
    cp LICENSE README.md "$dir/"
    cp docs/*.md "$dir/docs/"
    cp -r deploy/systemd deploy/prometheus/rules deploy/grafana deploy/alertmanager "$dir/"
    pack "$dir" "$out/loa-$VERSION-linux-$arch.tar.gz"
done

dir="$work/windows"
mkdir -p "$dir"
build windows amd64 "$dir/loa.exe"
cp LICENSE "$dir/"
mkdir -p "$dir/screens"
cp docs/WINDOWS.md "$dir/"
cp docs/screens/windows-*.png "$dir/screens/"
find "$dir" -exec touch -d "@$SOURCE_DATE_EPOCH" {} +
zip=$(cd "$out" && pwd)/loa-$VERSION-windows-amd64.zip
(cd "$dir" && find . -type f | LC_ALL=C sort | TZ=UTC zip -q -X -9 "$zip" -@)

(cd "$out" && sha256sum -- * >"$work/SHA256SUMS" && mv "$work/SHA256SUMS" SHA256SUMS)
ls -l "$out"
