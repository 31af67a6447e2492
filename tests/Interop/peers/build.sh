#!/usr/bin/env bash
# Builds our two small programs on the packages that fetch.sh unpacked: without modules, without the network.
set -euo pipefail
here=$(cd "$(dirname "$(readlink -f "$0")")" && pwd)
peers=${KAREZ_PEERS:-${XDG_CACHE_HOME:-$HOME/.cache}/karez-peers}
if [ "$(cat "$peers/unpacked" 2> /dev/null)" != "$(sha256sum < "$here/debs.sha256" | cut -d ' ' -f 1)" ]; then
    echo "the peers are not here, or older than debs.sha256" >&2
    echo "fetch them: $here/fetch.sh" >&2
    exit 3
fi

export GOROOT=$peers/root/usr/lib/go-1.26 GOPATH=$peers/root/usr/share/gocode GOCACHE=$peers/gocache
export GO111MODULE=off GOTOOLCHAIN=local GOTELEMETRY=off GOFLAGS= GOENV=off CGO_ENABLED=0
mkdir -p "$peers/bin"
for program in realityserver utlsclient; do
    (cd "$here/$program" && "$GOROOT/bin/go" build -trimpath -o "$peers/bin/$program" main.go)
done
echo "$peers"
