#!/usr/bin/env bash
# Makes the captures of this folder again, by running the real tools and the real browser between two network
# namespaces of its own: make.sh [NAME...]. Needs root, and the packages of eng/peers.txt and tcpdump and python3.
# near (10.77.0.1) is the person's machine, where packets are captured; far is the world: 10.77.0.2 is the tool's
# server, 10.77.0.3 a web server, .53 a resolver. What is kept is the first packets of each flow (finish, below).
# OUT is another folder for them.
set -euo pipefail
here=$(cd "$(dirname "$(readlink -f "$0")")" && pwd)
PATH=$PATH:/usr/sbin:/sbin
near=kzcap$$n far=kzcap$$f
work=$(mktemp -d)
pids=()
cleanup() {
    for pid in "${pids[@]}"; do kill "$pid" 2> /dev/null || true; done
    for space in $near $far; do
        for pid in $(ip netns pids $space 2> /dev/null); do kill -9 "$pid" 2> /dev/null || true; done
        ip netns delete $space 2> /dev/null || true
    done
    rm -rf "$work"
}
trap cleanup EXIT
world() {
    ip netns add $near
    ip netns add $far
    ip -n $near link add v0 type veth peer name v0 netns $far
    for space in $near $far; do
        ip -n $space link set lo up
        ip -n $space link set v0 up mtu 1500 gso_max_segs 1 # no segmentation offload: frames as a wire has them
    done
    ip -n $near address add 10.77.0.1/24 dev v0
    for last in 2 3 53; do ip -n $far address add 10.77.0.$last/24 dev v0; done
}
at() { ip netns exec "$@"; }
start() { # namespace command...: runs until the capture is done
    local space=$1
    shift
    ip netns exec "$space" "$@" > "$work/$(basename "$1").log" 2>&1 &
    pids+=($!)
}
chain() { # a root, an intermediate and a leaf, together about as long as the web's
    cd "$work"
    local pad
    pad=$(printf 'https://example.test/%0300d' 1)
    openssl req -x509 -newkey rsa:2048 -nodes -keyout root.key -out root.pem -subj "/CN=Lab Root" -days 30 2> /dev/null
    openssl req -newkey rsa:2048 -nodes -keyout mid.key -out mid.csr -subj "/O=Lab/CN=Lab Intermediate" 2> /dev/null
    printf 'basicConstraints=critical,CA:true\ncrlDistributionPoints=URI:%s\n' "$pad" > mid.ext
    openssl x509 -req -in mid.csr -CA root.pem -CAkey root.key -out mid.pem -days 30 -extfile mid.ext 2> /dev/null
    openssl req -newkey rsa:2048 -nodes -keyout leaf.key -out leaf.csr -subj "/CN=www.example.test" 2> /dev/null
    printf 'subjectAltName=DNS:www.example.test,DNS:*.example.test,DNS:chat.signal.org\ncrlDistributionPoints=URI:%s\n' "$pad" > leaf.ext
    openssl x509 -req -in leaf.csr -CA mid.pem -CAkey mid.key -out leaf.pem -days 30 -extfile leaf.ext 2> /dev/null
    cat leaf.pem mid.pem > chain.pem
    spki=$(openssl x509 -in leaf.pem -pubkey -noout | openssl pkey -pubin -outform der | openssl dgst -sha256 -binary | base64)
    cd - > /dev/null
}
site() { # a page with eight objects over HTTP/2; an h1 server on 8080 for tools' fallbacks
    mkdir -p "$work/www"
    local page="<title>page</title>"
    for i in 1 2 3 4 5 6 7 8; do
        head -c $((i * 3000)) /dev/urandom > "$work/www/$i.png"
        page="$page<img src=$i.png>"
    done
    echo "$page" > "$work/www/index.html"
    cat > "$work/nginx.conf" <<CONF
daemon off; master_process off; pid $work/nginx.pid; error_log $work/nginx.err;
events { }
http {
  access_log off; client_body_temp_path $work/b; proxy_temp_path $work/p; fastcgi_temp_path $work/f;
  uwsgi_temp_path $work/u; scgi_temp_path $work/s;
  ssl_certificate $work/chain.pem; ssl_certificate_key $work/leaf.key; ssl_protocols TLSv1.2 TLSv1.3;
  server { listen 10.77.0.3:443 ssl http2; root $work/www; }
  server { listen 10.77.0.3:444 ssl http2; root $work/www; keepalive_requests 1; }
  server { listen 10.77.0.2:8080; root $work/www; }
}
CONF
    start $far nginx -c "$work/nginx.conf"
}
resolver() { # every name of *.example.test and chat.signal.org is at 10.77.0.3
    cat > "$work/resolver.py" <<'PY'
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("10.77.0.53", 53))
while True:
    q, who = s.recvfrom(2000)
    end = q.index(b"\0", 12) + 5
    known = q[12:end].lower().find(b"\7example\4test") >= 0 or q[12:end].lower().find(b"\6signal") >= 0
    a = known and q[end - 4:end - 2] == b"\0\1"
    head = q[:2] + (b"\x81\x80" if known else b"\x81\x83") + b"\0\1" + (b"\0\1" if a else b"\0\0") + b"\0\0\0\0"
    s.sendto(head + q[12:end] + (b"\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4\x0a\x4d\0\x03" if a else b""), who)
PY
    start $far python3 "$work/resolver.py"
}
browse() { # arguments of chromium: visits, for some seconds
    # A resolver of its own: netns exec has a mount namespace of its own, too.
    mkdir -p "$work/upper" "$work/lower"
    timeout 40 ip netns exec $near sh -c 'mount -t overlay overlay -o "lowerdir=/etc,upperdir=$0/upper,workdir=$0/lower" /etc &&
        rm -f /etc/resolv.conf && echo nameserver 10.77.0.53 > /etc/resolv.conf && HOME=$0 exec "$@"' "$work" chromium --headless --no-sandbox --disable-gpu --no-first-run \
        --disable-background-networking --disable-component-update --disable-sync --disable-default-apps \
        --disable-domain-reliability --no-pings --virtual-time-budget=4000 --dump-dom \
        --user-data-dir="$work/profile" --ignore-certificate-errors-spki-list="$spki" "$@" > "$work/chromium.log" 2>&1 || tail -n 5 "$work/chromium.log" >&2
}
capture() { # name filter: begins; finish ends it
    captured=$1
    ip netns exec $near tcpdump -i v0 -s 0 -U -w "$work/raw.pcap" "$2" > "$work/tcpdump.log" 2>&1 &
    tcpdump=$!
    pids+=($tcpdump)
    for _ in $(seq 50); do grep -q listening "$work/tcpdump.log" 2> /dev/null && break; sleep 0.1; done
}
finish() { # flows packets: keeps the first packets of the longest flows
    sleep 1
    kill -INT $tcpdump
    wait $tcpdump 2> /dev/null || true
    python3 - "$work/raw.pcap" "${OUT:-$here}/$captured.pcap" "$1" "$2" <<'PY'
import struct, sys
raw = open(sys.argv[1], "rb").read()
flows, packets = int(sys.argv[3]), int(sys.argv[4])
kept, seen, at = [], {}, 24
while at + 16 <= len(raw):
    size = struct.unpack("<I", raw[at + 8:at + 12])[0]
    frame = raw[at + 16:at + 16 + size]
    if frame[12:14] == b"\x08\x00" and frame[23] in (6, 17) and b"google" not in frame and b"gstatic" not in frame:
        a, b = (frame[26:30], frame[34:36]), (frame[30:34], frame[36:38])
        key = (frame[23],) + (a + b if a < b else b + a)
        seen[key] = seen.get(key, 0) + 1
        kept.append((key, seen[key], raw[at:at + 16 + size]))
    at += 16 + size
longest = sorted(seen, key=seen.get, reverse=True)[:flows]
out = [octets for key, n, octets in kept if key in longest and n <= packets]
open(sys.argv[2], "wb").write(raw[:24] + b"".join(out))
PY
    ls -l "${OUT:-$here}/$captured.pcap"
}
make_chromium() { # a page, directly: negative for every rule about tunnels
    capture chromium "udp port 53 or host 10.77.0.3"
    browse https://www.example.test/
    finish 6 45
}
make_chromium-again() { # a server that closes after every request: the browser comes back, and resumes
    capture chromium-again "host 10.77.0.3"
    browse https://www.example.test:444/
    finish 9 6
}
make_chromium-quic() { # Initials to a port where nobody answers
    capture chromium-quic "udp port 443"
    browse --origin-to-force-quic-on=www.example.test:443 https://www.example.test/
    finish 2 4
}
make_messenger() { # a messenger's name, asked for in clear and shown in the hello
    capture messenger "udp port 53 or host 10.77.0.3"
    browse https://chat.signal.org/
    finish 4 8
}
make_curl() { # TLS of another program
    capture curl "host 10.77.0.3"
    at $near curl -s -o /dev/null --cacert "$work/root.pem" --resolve www.example.test:443:10.77.0.3 https://www.example.test/
    finish 1 12
}
make_openvpn-udp() { openvpn_over udp; }
make_openvpn-tcp() { openvpn_over tcp; }
openvpn_over() {
    local server=udp client=udp
    [ "$1" = tcp ] && server=tcp-server client=tcp-client
    openssl req -x509 -newkey rsa:2048 -nodes -keyout "$work/v.key" -out "$work/v.pem" -subj /CN=vpn -days 30 2> /dev/null
    local finger
    finger=$(openssl x509 -in "$work/v.pem" -noout -fingerprint -sha256 | cut -d= -f2)
    openvpn --genkey secret "$work/ta.key"
    local both="--dev tun --cert $work/v.pem --key $work/v.key --peer-fingerprint $finger --tls-auth $work/ta.key --verb 1 --data-ciphers AES-256-GCM"
    # shellcheck disable=SC2086
    start $far openvpn --proto $server --port 1194 --local 10.77.0.2 --tls-server --dh none --ifconfig 10.8.0.1 10.8.0.2 --key-direction 0 $both
    sleep 1
    capture "openvpn-$1" "port 1194"
    # shellcheck disable=SC2086
    start $near openvpn --proto $client --remote 10.77.0.2 1194 --nobind --tls-client --ifconfig 10.8.0.2 10.8.0.1 --key-direction 1 $both
    sleep 3
    at $near ping -c 40 -i 0.02 -s 200 10.8.0.1 > /dev/null || true
    finish 1 45
}
make_wireguard() {
    for side in near far; do
        (umask 077 && wg genkey > "$work/$side.key")
        wg pubkey < "$work/$side.key" > "$work/$side.pub"
    done
    # The sockets of both lie in one folder: the names must differ.
    start $far wireguard-go -f kzwgf
    start $near wireguard-go -f kzwgn
    for end in $near/kzwgn $far/kzwgf; do
        for _ in $(seq 100); do ip -n ${end%/*} link show ${end#*/} > /dev/null 2>&1 && break; sleep 0.1; done
    done
    at $far wg set kzwgf private-key "$work/far.key" listen-port 51820 peer "$(cat "$work/near.pub")" allowed-ips 10.9.0.2/32
    at $near wg set kzwgn private-key "$work/near.key" peer "$(cat "$work/far.pub")" allowed-ips 10.9.0.1/32 endpoint 10.77.0.2:51820
    ip -n $far address add 10.9.0.1/24 dev kzwgf
    ip -n $near address add 10.9.0.2/24 dev kzwgn
    ip -n $far link set kzwgf up
    capture wireguard "port 51820"
    ip -n $near link set kzwgn up
    at $near ping -c 5 -i 0.1 10.9.0.1 > /dev/null || true
    finish 1 12
}
make_shadowsocks() {
    start $far ss-server -s 10.77.0.2 -p 8388 -k word -m chacha20-ietf-poly1305 -t 60
    start $near ss-local -s 10.77.0.2 -p 8388 -l 1080 -k word -m chacha20-ietf-poly1305 -t 60
    sleep 1
    capture shadowsocks "port 8388"
    for _ in 1 2 3; do at $near curl -s -o /dev/null -k --socks5-hostname 127.0.0.1:1080 https://10.77.0.3/ || true; done
    finish 3 6
}
make_trojan() { trojan_to trojan 10.77.0.3; }
make_trojan-far() { # the same with a web server that is 40 ms from the tool's server
    cat > "$work/slow.py" <<'PY'
import asyncio
async def copy(r, w):
    loop = asyncio.get_running_loop()
    while data := await r.read(65536):
        loop.call_later(0.02, w.write, data)
    loop.call_later(0.02, w.close)
async def serve(r, w):
    far_r, far_w = await asyncio.open_connection("10.77.0.3", 443)
    await asyncio.gather(copy(r, far_w), copy(far_r, w))
async def main():
    await (await asyncio.start_server(serve, "10.77.0.2", 8443)).serve_forever()
asyncio.run(main())
PY
    start $far python3 "$work/slow.py"
    for _ in $(seq 100); do at $far bash -c '< /dev/tcp/10.77.0.2/8443' 2> /dev/null && break; sleep 0.1; done
    trojan_to trojan-far 10.77.0.2 8443
}
trojan_to() { # capture host port
    cat > "$work/server.json" <<CONF
{"run_type":"server","local_addr":"10.77.0.2","local_port":443,"remote_addr":"10.77.0.2","remote_port":8080,
 "password":["word"],"log_level":1,"ssl":{"cert":"$work/chain.pem","key":"$work/leaf.key","alpn":["h2","http/1.1"]}}
CONF
    cat > "$work/client.json" <<CONF
{"run_type":"client","local_addr":"127.0.0.1","local_port":1080,"remote_addr":"10.77.0.2","remote_port":443,
 "password":["word"],"log_level":1,"ssl":{"verify":true,"verify_hostname":true,"cert":"$work/root.pem",
 "sni":"www.example.test","alpn":["h2","http/1.1"]}}
CONF
    start $far trojan "$work/server.json"
    start $near trojan "$work/client.json"
    sleep 1
    capture "$1" "host 10.77.0.2 and port 443"
    if [ -n "${3:-}" ]; then # one request after another over one connection
        local urls=() i
        for i in 1 2 3 4 5 6 7 8; do urls+=(-o /dev/null "https://$2:$3/"); done
        at $near curl -s -k --socks5-hostname 127.0.0.1:1080 "${urls[@]}" || true
        finish 1 70
    else
        browse --proxy-server=socks5://127.0.0.1:1080 "https://$2/"
        finish 2 40
    fi
}
make_vless() { v2ray_with vless '"network":"tcp"' vless; }
make_vmess() { v2ray_with vmess '"network":"tcp"' vmess none; }
make_vmess-ws() { v2ray_with vmess '"network":"ws","wsSettings":{"path":"/chat"}' vmess-ws; }
v2ray_with() { # protocol transport capture [none]
    local tls_in=",\"security\":\"tls\",\"tlsSettings\":{\"certificates\":[{\"certificateFile\":\"$work/chain.pem\",\"keyFile\":\"$work/leaf.key\"}]}"
    local tls_out=",\"security\":\"tls\",\"tlsSettings\":{\"serverName\":\"www.example.test\",\"allowInsecure\":true}"
    [ "${4:-}" = none ] && tls_in='' tls_out=''
    local id=66ad4540-b58c-4ad2-9926-ea63445a9b57 in_extra='' user
    user="{\"id\":\"$id\",\"encryption\":\"none\"}"
    [ "$1" = vmess ] && user="{\"id\":\"$id\",\"alterId\":0,\"security\":\"auto\"}"
    [ "$1" = vless ] && in_extra=',"decryption":"none"'
    cat > "$work/v-server.json" <<CONF
{"inbounds":[{"listen":"10.77.0.2","port":443,"protocol":"$1","settings":{"clients":[{"id":"$id"}]$in_extra},
 "streamSettings":{$2$tls_in}}],"outbounds":[{"protocol":"freedom"}]}
CONF
    cat > "$work/v-client.json" <<CONF
{"inbounds":[{"listen":"127.0.0.1","port":1080,"protocol":"socks","settings":{"udp":false}}],"outbounds":[{"protocol":"$1",
 "settings":{"vnext":[{"address":"10.77.0.2","port":443,"users":[$user]}]},"streamSettings":{$2$tls_out}}]}
CONF
    start $far v2ray -config "$work/v-server.json"
    start $near v2ray -config "$work/v-client.json"
    sleep 2
    capture "$3" "host 10.77.0.2 and port 443"
    if [ "$3" = vless ]; then # many at a time
        for _ in $(seq 14); do
            at $near curl -s -o /dev/null -k --limit-rate 8k --socks5-hostname 127.0.0.1:1080 https://10.77.0.3/8.png &
        done
        sleep 6
        finish 12 7
    else
        browse --proxy-server=socks5://127.0.0.1:1080 https://10.77.0.3/
        finish 2 30
    fi
}
make_karez() { # KAREZ is the program; pages visited through it, one browser each: for measuring, not kept here
    local karez=${KAREZ:-$here/../../../karez}
    start $far "$karez" serve --target 10.77.0.3:443 --name www.example.test --listen 10.77.0.2:443 \
        --address 10.77.0.2:443 --allow-private --state "$work/node"
    for _ in $(seq 300); do grep -q vless:// "$work/karez.log" && break; sleep 0.2; done
    grep -o 'vless://[^ ]*' "$work/karez.log" | head -1 > "$work/link"
    mkdir -p "$work/client"
    start $near "$karez" connect "$work/link" --state "$work/client"
    sleep 8
    capture karez "host 10.77.0.2 and tcp port 443"
    for _ in $(seq "${PAGES:-6}"); do
        browse --proxy-server=socks5://127.0.0.1:1080 https://10.77.0.3/
        rm -rf "$work/profile"
    done
    finish 400 200
}
make_pages() { # the browser's direct visits to the same site: what karez is compared with; not kept here
    capture pages "host 10.77.0.3 and tcp port 443"
    for _ in $(seq "${PAGES:-12}"); do
        browse https://www.example.test/
        rm -rf "$work/profile"
    done
    finish 400 200
}
names=("$@")
[ ${#names[@]} -gt 0 ] || # all that are kept
    mapfile -t names < <(declare -F | sed -n 's/^declare -f make_//p' | grep -v -x -e karez -e pages)
for name in "${names[@]}"; do
    world
    chain
    site
    resolver
    sleep 0.5
    "make_$name"
    for pid in "${pids[@]}"; do kill "$pid" 2> /dev/null || true; done
    wait 2> /dev/null || true
    pids=()
    for space in $near $far; do
        for pid in $(ip netns pids $space 2> /dev/null); do kill -9 "$pid" 2> /dev/null || true; done
        ip netns delete $space
    done
    rm -rf "$work/profile"
done
