#!/usr/bin/env bash
# Brings Suricata for the lab: Debian 12 has it in bookworm-backports only, so it is fetched with lists of its own (apt
# checks the archive's signature) and unpacked, not installed, into $KAREZ_PEERS or ~/.cache/karez-peers, with the
# libraries that this machine lacks. Nothing of apt's own settings is changed.
set -euo pipefail
peers=${KAREZ_PEERS:-${XDG_CACHE_HOME:-$HOME/.cache}/karez-peers}
root=$peers/engines
[ ! -e "$root/complete" ] || exit 0

mirror=${KAREZ_DEBIAN:-http://deb.debian.org/debian}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/lists/partial" "$work/archives/partial" "$work/debs"
for suite in bookworm bookworm-backports; do
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main"
done > "$work/sources.list"
cat > "$work/apt.conf" <<CONF
Dir::Etc::sourcelist "$work/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::State::lists "$work/lists";
Dir::Cache "$work";
APT::Sandbox::User "root";
CONF
export APT_CONFIG=$work/apt.conf
apt-get update -qq >&2
packages=$(apt-get install -s -t bookworm-backports --no-install-recommends suricata | awk '$1 == "Inst" { print $2 }')
(cd "$work/debs" && apt-get download -qq -t bookworm-backports ${packages:-suricata}) >&2
rm -rf "$root"
mkdir -p "$root"
for deb in "$work"/debs/*.deb; do dpkg -x "$deb" "$root"; done

# It looks for its settings where they would be installed.
sed -i "s|/etc/suricata|$root/etc/suricata|g; s|/var/lib/suricata|$root/var/lib/suricata|g" "$root/etc/suricata/suricata.yaml"
cat > "$root/suricata" <<RUN
#!/bin/sh
LD_LIBRARY_PATH=$root/usr/lib/x86_64-linux-gnu exec $root/usr/bin/suricata -c $root/etc/suricata/suricata.yaml \\
    --set threshold-file=$root/etc/suricata/threshold.config "\$@"
RUN
chmod +x "$root/suricata"
"$root/suricata" -V >&2
touch "$root/complete"
