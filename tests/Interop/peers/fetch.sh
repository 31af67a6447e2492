#!/usr/bin/env bash
# Brings the other people's code that the interoperability tests run against: packages of Debian sid, pinned by SHA-256
# in debs.sha256, unpacked (not installed) into $KAREZ_PEERS or ~/.cache/karez-peers, and built there by build.sh.
# The mirror is the one that apt is configured with; KAREZ_DEBIAN names another, such as an archive of old versions.
set -euo pipefail
here=$(cd "$(dirname "$(readlink -f "$0")")" && pwd)
peers=${KAREZ_PEERS:-${XDG_CACHE_HOME:-$HOME/.cache}/karez-peers}
mkdir -p "$peers/debs"

mirror=${KAREZ_DEBIAN:-}
if [ -z "$mirror" ]; then
    mirror=$(apt-get indextargets --format '$(LABEL) $(REPO_URI)' 'Created-By: Packages' |
        awk '$1 == "Debian" && !seen { print $2; seen = 1 }')
fi
if [ -z "$mirror" ]; then
    echo "apt knows no Debian mirror" >&2
    echo "name one: KAREZ_DEBIAN=http://mirror/debian $0" >&2
    exit 1
fi

pins=$(sha256sum < "$here/debs.sha256" | cut -d ' ' -f 1)
if [ "$(cat "$peers/unpacked" 2> /dev/null)" != "$pins" ]; then
    while read -r sum path; do
        deb=$peers/debs/${path##*/}
        echo "$sum  $deb" | sha256sum --check --status 2> /dev/null && continue
        echo "fetching ${path##*/}" >&2
        # apt's own helper: it knows apt's proxies and refuses a file with another sum.
        if ! /usr/lib/apt/apt-helper -qq -o APT::Sandbox::User= download-file "${mirror%/}/$path" "$deb" "SHA256:$sum" >&2; then
            echo "the mirror has no ${path##*/} with the pinned sum" >&2
            echo "sid may have moved on: renew debs.sha256, or KAREZ_DEBIAN=an archive that keeps old versions" >&2
            exit 1
        fi
    done < "$here/debs.sha256"

    rm -rf "$peers/unpacked" "$peers/root"
    mkdir "$peers/root"
    while read -r _ path; do dpkg -x "$peers/debs/${path##*/}" "$peers/root"; done < "$here/debs.sha256"
    echo "$pins" > "$peers/unpacked"
fi

exec "$here/build.sh"
