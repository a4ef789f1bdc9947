#!/bin/sh
# Installs by apt what the tests need and this machine lacks: PostgreSQL's
# server programs (the tests start a server of their own), Prometheus with promtool,
# Alertmanager with amtool, a reader of iCalendar that is not ours, LibreOffice Writer and poppler for the papers, and Chromium
# with a font that has the Vietnamese letters. Says what it installs and does nothing when all is there. What it installs is not left running: the tests
# start their own.
set -eu
missing=""
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null 2>&1 || missing="$missing postgresql"
{ command -v promtool && command -v prometheus; } >/dev/null 2>&1 || missing="$missing prometheus"
{ command -v amtool && command -v prometheus-alertmanager; } >/dev/null 2>&1 || missing="$missing prometheus-alertmanager"
/usr/bin/python3 -c "import icalendar" >/dev/null 2>&1 || missing="$missing python3-icalendar"
command -v chromium-headless-shell >/dev/null 2>&1 || command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 || command -v google-chrome >/dev/null 2>&1 || missing="$missing chromium"
# ệ (U+1EC7) is in a font or it is not: Debian's fonts-liberation lacks it, fonts-dejavu-core has it.
{ command -v fc-list && test -n "$(fc-list ':charset=1ec7' family)"; } >/dev/null 2>&1 || missing="$missing fontconfig fonts-dejavu-core"
# network namespaces with cables that are cut
command -v ip >/dev/null 2>&1 || [ -x /usr/sbin/ip ] || [ -x /sbin/ip ] || missing="$missing iproute2"
command -v pdftotext >/dev/null 2>&1 || missing="$missing poppler-utils"
command -v soffice >/dev/null 2>&1 || missing="$missing libreoffice-writer-nogui"
# letters as wide as Times New Roman's, Vietnamese ones too: how LibreOffice prints the papers
{ command -v fc-list && test -n "$(fc-list 'Liberation Serif:charset=1ec7' family)"; } >/dev/null 2>&1 || missing="$missing fontconfig fonts-liberation2"
[ -n "$missing" ] || exit 0
echo "installing:$missing"
sudo=""
[ "$(id -u)" = 0 ] || sudo="sudo"
$sudo env DEBIAN_FRONTEND=noninteractive apt-get update -qq
# the browser without a window starts faster and takes less of the processor, where there is one of its own
for other in "libreoffice-writer-nogui libreoffice-writer" "fonts-liberation2 fonts-liberation"; do # what older and newer systems call it
    apt-cache show "${other% *}" >/dev/null 2>&1 || missing=$(echo "$missing " | sed "s/ ${other% *} / ${other#* } /")
done
case "$missing " in *" chromium "*) apt-cache show chromium-headless-shell >/dev/null 2>&1 && missing=$(echo "$missing " | sed 's/ chromium / chromium-headless-shell /') ;; esac
# shellcheck disable=SC2086 # a list of words on purpose
$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
if [ -d /run/systemd/system ]; then
    for unit in $missing; do
        case $unit in
        prometheus | prometheus-alertmanager | postgresql) $sudo systemctl disable --now --quiet "$unit" || echo "still running: $unit" >&2 ;;
        esac
    done
fi
