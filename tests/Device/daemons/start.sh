# Sourced in a machine's own mount namespace, in which /etc and /run are its own: starts the bus, and systemd-resolved
# or NetworkManager, as they were unpacked by fetch.sh.

libraries_of() { # root
    echo "$1/usr/lib/x86_64-linux-gnu/systemd:$1/lib/x86_64-linux-gnu/systemd:$1/usr/lib/x86_64-linux-gnu"
}

resolved_of() { # root
    ls "$1"/lib/systemd/systemd-resolved "$1"/usr/lib/systemd/systemd-resolved 2> /dev/null | head -n 1
}

command_of() { # root program: found in /run/bin, with its libraries
    mkdir -p /run/bin
    printf '#!/bin/sh\nLD_LIBRARY_PATH=%s exec %s "$@"\n' "$(libraries_of "$1")" "$2" > "/run/bin/${2##*/}"
    chmod +x "/run/bin/${2##*/}"
}

until_true() { # command...
    for _ in $(seq 200); do
        "$@" > /dev/null 2>&1 && return
        sleep 0.1
    done
    echo "never true: $*"
    exit 1
}

in_own_pids() { # this-file function arguments...: a PID namespace of its own, which ends with its first process
    unshare --pid --fork --kill-child --mount-proc sh -c '. "$0"; "$@" && touch /run/started; exec sleep 100000' "$@" \
        > /run/own-pids.log 2>&1 &
    until_true test -e /run/started
}

start_bus() {
    mkdir -p /run/dbus
    cat > /run/bus.conf <<'TEXT'
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>system</type>
  <listen>unix:path=/run/dbus/system_bus_socket</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow user="*"/><allow own="*"/><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/>
  </policy>
</busconfig>
TEXT
    dbus-daemon --config-file=/run/bus.conf --nofork --nopidfile > /run/bus.log 2>&1 &
    until_true test -S /run/dbus/system_bus_socket
}

start_resolved() { # root: asks 198.51.100.53 by the link with the default route
    start_bus
    grep -q ^systemd-resolve: /etc/passwd || {
        echo 'systemd-resolve:x:990:990::/:/usr/sbin/nologin' >> /etc/passwd
        echo 'systemd-resolve:x:990:' >> /etc/group
    }
    mkdir -p /run/systemd/resolve
    chown systemd-resolve:systemd-resolve /run/systemd/resolve
    command_of "$1" "$(resolved_of "$1")"
    command_of "$1" "$1/usr/bin/resolvectl"
    /run/bin/systemd-resolved > /run/resolved.log 2>&1 &
    until_true /run/bin/resolvectl dns
    /run/bin/resolvectl dns "$(ip route show default | sed 's/.* dev \([^ ]*\).*/\1/')" 198.51.100.53
    ln -sf ../run/systemd/resolve/stub-resolv.conf /etc/resolv.conf
}

start_network_manager() { # root: owns the link with the default route, and writes /etc/resolv.conf
    start_bus
    # Where /sys cannot be written there is no udev to wait for, as in a container.
    mount -o bind,remount,ro /sys || mount -t sysfs -o ro sysfs /sys
    mkdir -p /run/nm/connections /run/nm/conf.d /run/NetworkManager
    link=$(ip route show default | sed 's/.* dev \([^ ]*\).*/\1/')
    printf '[main]\nplugins=keyfile\nno-auto-default=*\n[keyfile]\npath=/run/nm/connections\n[logging]\nlevel=INFO\n' > /run/nm/nm.conf
    cat > /run/nm/connections/uplink.nmconnection <<TEXT
[connection]
id=uplink
type=ethernet
interface-name=$link
[ipv4]
method=manual
address1=10.9.0.1/24,10.9.0.2
dns=198.51.100.53;
[ipv6]
method=link-local
addr-gen-mode=eui64
TEXT
    chmod 600 /run/nm/connections/uplink.nmconnection
    command_of "$1" "$1/usr/sbin/NetworkManager"
    command_of "$1" "$1/usr/bin/nmcli"
    /run/bin/NetworkManager --no-daemon --config=/run/nm/nm.conf --config-dir=/run/nm/conf.d \
        --system-config-dir=/run/nm/conf.d --state-file=/run/nm/state --pid-file=/run/nm/pid > /run/nm.log 2>&1 &
    until_true /run/bin/nmcli general
    until_true /run/bin/nmcli connection up uplink
    until_true grep -q NetworkManager /etc/resolv.conf
}
