#!/bin/sh
# Installs by apt what the tests need and this machine lacks. Says what it does
# and does nothing when all is there.
set -eu
missing=""
need() { # need COMMAND PACKAGE
	command -v "$1" >/dev/null 2>&1 || missing="$missing $2"
}
ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || command -v postgres >/dev/null 2>&1 || missing="$missing postgresql"
need promtool prometheus
need chromium chromium
fc-list 2>/dev/null | grep -qi liberation || missing="$missing fontconfig fonts-liberation2"
[ -z "$missing" ] && exit 0
echo "installing:$missing"
sudo=""
[ "$(id -u)" = 0 ] || sudo="sudo"
$sudo env DEBIAN_FRONTEND=noninteractive apt-get update -qq
# Packages' own services are not wanted: the tests start their own servers.
$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
