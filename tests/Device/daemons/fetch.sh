#!/usr/bin/env bash
# Brings systemd-resolved and NetworkManager for tests/Device: packages of this machine's own Debian release, which apt
# fetches and checks, unpacked into $KAREZ_PEERS or ~/.cache/karez-peers. Never installed: they would take over this
# machine's /etc/resolv.conf. The tests start them as plain processes, with files of their own.
set -euo pipefail
packages='systemd-resolved libsystemd-shared network-manager libnm0 libndp0'
peers=${KAREZ_PEERS:-${XDG_CACHE_HOME:-$HOME/.cache}/karez-peers}
root=$peers/daemons
[ ! -e "$root/complete" ] || exit 0

debs=$(mktemp -d)
trap 'rm -rf "$debs"' EXIT
(cd "$debs" && apt-get download -qq -o APT::Sandbox::User=root $packages) >&2
rm -rf "$root"
mkdir -p "$root"
for deb in "$debs"/*.deb; do dpkg -x "$deb" "$root"; done

. "$(dirname "$(readlink -f "$0")")/start.sh"
for program in "$(resolved_of "$root")" "$root/usr/bin/resolvectl" "$root/usr/sbin/NetworkManager" "$root/usr/bin/nmcli"; do
    missing=$(LD_LIBRARY_PATH=$(libraries_of "$root") ldd "$program" | awk '/not found/ { print $1 }')
    if [ -n "$missing" ]; then
        echo "${program##*/} lacks" $missing >&2
        echo "install the packages that bring them: apt-cache depends network-manager systemd-resolved" >&2
        exit 1
    fi
done
touch "$root/complete"
