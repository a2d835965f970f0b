#!/usr/bin/env bash
# A Ceph gateway on the loopback: a monitor, an OSD (bluestore on a file, one copy), radosgw with tcp_nodelay.
# ceph.sh FOLDER PORT ACCESS SECRET: PORT is the gateway's; the two hundred after it are used too. Says the process ids when the gateway
# answers, and ends all when its own standard input ends: the kernel sees to that however the parent ends.
set -euo pipefail

configure() {
    cat >"$folder/ceph.conf" <<TEXT
[global]
fsid = $(</proc/sys/kernel/random/uuid)
mon host = v2:127.0.0.1:$((port + 1))/0
public addr = 127.0.0.1
cluster addr = 127.0.0.1
ms bind port min = $((port + 10))
ms bind port max = $((port + 200))
auth cluster required = none
auth service required = none
auth client required = none
ms mon client mode = crc
run dir = $folder
admin socket = $folder/\$name.asok
log file = $folder/\$name.log
pid file = $folder/\$name.pid
crash dir = $folder
mon data = $folder/mon
mon allow pool size one = true
mon warn on pool no redundancy = false
osd data = $folder/osd
osd objectstore = bluestore
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 8
osd pool default pgp num = 8
osd crush chooseleaf type = 0
bluestore block create = true
bluestore block size = 21474836480
[client.rgw]
rgw frontends = beast endpoint=127.0.0.1:$port tcp_nodelay=1
rgw data = $folder/rgw
rgw enable usage log = false
rgw enable ops log = false
TEXT
}

# daemon PROGRAM ARGUMENT…: if this script itself is killed, the kernel ends it.
daemon() {
    setpriv --pdeathsig KILL "$@" -f 3<&- 4>&- 5>&- &
    daemons=($! "${daemons[@]}")
}

start() {
    mkdir -p "$folder"/{mon,osd,rgw}
    configure
    local id
    id=$(</proc/sys/kernel/random/uuid)
    monmaptool --create --clobber --fsid "$(awk '/^fsid/ { print $3 }' "$folder/ceph.conf")" \
        --addv a "[v2:127.0.0.1:$((port + 1))]" "$folder/monmap" >/dev/null
    ceph-mon -c "$folder/ceph.conf" --mkfs -i a --monmap "$folder/monmap"
    daemon ceph-mon -c "$folder/ceph.conf" -i a
    timeout 120 ceph -c "$folder/ceph.conf" osd new "$id" 0 >/dev/null
    ceph-osd -c "$folder/ceph.conf" -i 0 --mkfs --osd-uuid "$id"
    daemon ceph-osd -c "$folder/ceph.conf" -i 0
    timeout 300 radosgw-admin -c "$folder/ceph.conf" user create --uid bench --display-name bench \
        --access-key "$access" --secret "$secret" >/dev/null
    daemon radosgw -c "$folder/ceph.conf" -n client.rgw
    for _ in $(seq 1200); do
        (exec 6<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && return
        sleep 0.1
    done
    echo "ceph.sh: the gateway does not answer"
    return 1
}

stop() {
    local code=$? pid
    ((code == 0)) || tail -n 20 "$folder.log" >&5
    for pid in "${daemons[@]}"; do
        kill "$pid" 2>/dev/null || continue
        for _ in $(seq 300); do
            kill -0 "$pid" 2>/dev/null || continue 2
            sleep 0.1
        done
        kill -KILL "$pid" 2>/dev/null || true
    done
}

folder=$1 port=$2 access=$3 secret=$4 daemons=()
exec 3<&0 4>&1 5>&2 </dev/null >"$folder.log" 2>&1
trap stop EXIT
start
echo "${daemons[@]}" >&4
cat <&3
