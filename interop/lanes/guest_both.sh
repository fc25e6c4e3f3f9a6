#!/bin/bash
# Runs in the guest (lane "guest"): open-iscsi and nvme-cli against the same volumes of one daemon.
# Arguments: ISCSI_PORT NVME_PORT DISCOVERY_PORT IQN NQN "VOLUME..." QUICK; a VOLUME is NAME:LUN:BLOCK_SIZE, namespace LUN + 1.
# Prints a line "RESULT passed|failed|skipped NAME | DETAIL" per check. Files in /share ask the host: see ask.
iscsi_port=$1 nvme_port=$2 discovery_port=$3 iqn=$4 nqn=$5 volumes=$6 quick=$7
portal=127.0.0.1:$iscsi_port
export LC_ALL=C

result() { echo "RESULT $1 $2 | $(echo "${3:-}" | tail -n 12 | tr '\n' ';')"; }
check() { # NAME COMMAND...: a check that passes when the command does
  local name=$1 out; shift
  if out=$("$@" 2>&1); then result passed "$name"; else result failed "$name" "$out"; return 1; fi; }
ask() { # WHAT: has the host do it and waits for it; what the host does with each WHAT stands in guest.py
  local end=$((SECONDS + 180))
  : > "/share/ask.$1"
  until [ -e "/share/done.$1" ]; do
    [ $SECONDS -lt $end ] || { result failed "the host does '$1' in time"; return 1; }; sleep 0.1; done
  rm -f "/share/done.$1"; }
await() { # SECONDS COMMAND...: until the command succeeds
  local end=$((SECONDS + $1)); shift
  until "$@" >/dev/null 2>&1; do [ $SECONDS -lt $end ] || return 1; sleep 0.2; done; }

# --- finding, connecting

iscsi_device() { readlink -e "/dev/disk/by-path/ip-$portal-iscsi-$iqn-lun-$1"; }
nvme_device() { # NSID
  local d
  for d in /sys/block/nvme*n*; do
    [[ ${d##*/} =~ ^nvme[0-9]+n[0-9]+$ ]] && [ "$(cat "$d/nsid")" = "$1" ] && { echo "/dev/${d##*/}"; return 0; }; done
  return 1; }
all_devices() {
  local v name lun size
  for v in $volumes; do IFS=: read -r name lun size <<< "$v"
    [ -b "$(iscsi_device "$lun")" ] && [ -b "$(nvme_device $((lun + 1)))" ] || return 1; done; }
iscsi_discovery() { iscsiadm -m discovery -t sendtargets -p "$portal" | grep -F "$portal" | grep -qF "$iqn"; }
nvme_discovery() { nvme discover -t tcp -a 127.0.0.1 -s "$1" | grep -qF "$nqn"; }
connect() { # on|off: digests
  local value=None flags=()
  [ "$1" = off ] || { value=CRC32C; flags=(--hdr-digest --data-digest); }
  for key in 'node.conn[0].iscsi.HeaderDigest='$value 'node.conn[0].iscsi.DataDigest='$value \
    node.session.timeo.replacement_timeout=120 'node.conn[0].timeo.noop_out_timeout=60'; do
    iscsiadm -m node -T "$iqn" -p "$portal" -o update -n "${key%%=*}" -v "${key#*=}"; done
  check "iSCSI login, digests $1" iscsiadm -m node -T "$iqn" -p "$portal" --login
  check "NVMe connect, digests $1" nvme connect -t tcp -a 127.0.0.1 -s "$nvme_port" -n "$nqn" -i 2 -k 30 \
    --reconnect-delay=1 --ctrl-loss-tmo=120 "${flags[@]}"
  check "every volume has a device by both protocols, digests $1" await 30 all_devices
  check "iSCSI digests are $1" test "$(negotiated HeaderDigest) $(negotiated DataDigest)" = "$value $value"; }
negotiated() { iscsiadm -m session -P 2 | sed -n "s/.*$1: //p" | head -1; }
disconnect() {
  check "NVMe disconnect, $1" nvme disconnect -n "$nqn"
  check "iSCSI logout, $1" iscsiadm -m node -T "$iqn" -p "$portal" --logout; }

# --- the same volume by both protocols

random_file() { head -c "$2" /dev/urandom > "$1"; }
both_see_the_same() { # NAME LUN
  local sd nv i; sd=$(iscsi_device "$2"); nv=$(nvme_device $(($2 + 1)))
  check "$1: same size" test "$(blockdev --getsize64 "$sd")" = "$(blockdev --getsize64 "$nv")"
  check "$1: same block size" test "$(blockdev --getss "$sd")" = "$(blockdev --getss "$nv")"
  random_file /tmp/a 4194304; random_file /tmp/b 4194304
  check "$1: what iSCSI writes NVMe reads" crossing /tmp/a "$sd" "$nv" 0
  check "$1: what NVMe writes iSCSI reads" crossing /tmp/b "$nv" "$sd" 4
  # at the same time: each writes every second MiB of a region while the other does, then both read all of it
  random_file /tmp/c 8388608
  for i in 0 2 4 6; do dd if=/tmp/c of="$sd" bs=1M skip=$i seek=$((8 + i)) count=1 oflag=direct conv=notrunc status=none || touch /tmp/bad; done &
  local one=$!
  for i in 1 3 5 7; do dd if=/tmp/c of="$nv" bs=1M skip=$i seek=$((8 + i)) count=1 oflag=direct conv=notrunc status=none || touch /tmp/bad; done
  wait $one
  check "$1: written by both at the same time, read by iSCSI" same /tmp/c "$sd" 8
  check "$1: written by both at the same time, read by NVMe" same /tmp/c "$nv" 8
  check "$1: no write failed" test ! -e /tmp/bad
  check "$1: UNMAP by iSCSI reads as zeros by NVMe" zeroed "$sd" "$nv" blkdiscard
  check "$1: Write Zeroes by NVMe reads as zeros by iSCSI" zeroed "$nv" "$sd" "blkdiscard -z"
  check "$1: deallocation by NVMe reads as zeros by iSCSI" zeroed "$nv" "$sd" blkdiscard; }
crossing() { dd if="$1" of="$2" bs=256K seek=$(($4 * 4)) oflag=direct conv=notrunc,fsync status=none && same "$1" "$3" "$4"; }
same() { cmp "$1" <(dd if="$2" bs=1M skip="$3" count=$(($(stat -c %s "$1") >> 20)) iflag=direct status=none); }
zeroed() { # BY READER COMMAND: 1 MiB in the middle of what both just wrote
  dd if=/tmp/c of="$1" bs=1M seek=8 oflag=direct conv=notrunc status=none && same /tmp/c "$2" 8 \
    && $3 -o $((10 << 20)) -l $((1 << 20)) "$1" \
    && cmp <(dd if="$2" bs=1M skip=8 count=8 iflag=direct status=none) \
      <(head -c 2097152 /tmp/c; head -c 1048576 /dev/zero; tail -c +3145729 /tmp/c); }

# --- file systems: made and filled by one protocol, checked and read by the other

file_system() { # ext4|xfs NAME MAKER READER
  local type=$1 name=$2 maker=$3 reader=$4
  case $type in ext4) check "$name: mkfs.ext4" mkfs.ext4 -qF "$maker" ;; xfs) check "$name: mkfs.xfs" mkfs.xfs -qf "$maker" ;; esac || return
  mkdir -p /mnt; check "$name: mount" mount "$maker" /mnt || return
  cp -a /usr/bin /usr/share/perl5 /mnt/ 2>/tmp/err || result failed "$name: files are copied" "$(cat /tmp/err)"
  (cd /mnt && find . -type f -print0 | sort -z | xargs -0 md5sum) > /tmp/sums
  check "$name: unmount" umount /mnt || return
  blockdev --flushbufs "$reader"
  case $type in ext4) check "$name: e2fsck by the other protocol" e2fsck -fn "$reader" ;;
    xfs) check "$name: xfs_repair -n by the other protocol" xfs_repair -n "$reader" ;; esac
  check "$name: mount by the other protocol" mount -o ro "$reader" /mnt || return
  check "$name: $(wc -l < /tmp/sums) files are the same by the other protocol" sh -c 'cd /mnt && md5sum --quiet -c /tmp/sums'
  umount /mnt; }

# --- fio with verification

split=512/15:1536/10:4k/25:8k/10:12800/5:64k/15:66048/5:128k/5:256k/5:1m/5
split4096=4k/40:8k/15:12k/10:64k/15:68k/5:128k/5:256k/5:1m/5
fio_both() { # TITLE NAME LUN BLOCK_SIZE DEPTH PLACING IO_MIB: both protocols at once, each on its half
  local title=$1 lun=$3 block=$4 depth=$5 placing=$6 mib=$7 bs=$split more=() half sd nv out
  [ "$block" = 512 ] || bs=$split4096
  [ "$placing" = aligned ] || more=(--blockalign="$block" --norandommap --serialize_overlap=1)
  sd=$(iscsi_device "$lun"); nv=$(nvme_device $((lun + 1))); half=$(($(blockdev --getsize64 "$sd") >> 21))
  if out=$(fio --output-format=normal --eta=never --ioengine=libaio --direct=1 --rw=randwrite --bssplit="$bs" \
    --iodepth="$depth" --io_size="${mib}M" --verify=crc32c --verify_fatal=1 --randseed=2026 "${more[@]}" \
    --name=iscsi --filename="$sd" --offset=0 --size="${half}M" \
    --name=nvme --filename="$nv" --offset="${half}M" --size="${half}M" 2>&1) && ! grep -qE 'err= *[1-9]|verify: bad' <<< "$out"; then
    result passed "$title" "$(grep -E ' (read|write):' <<< "$out")"
  else result failed "$title" "$out"; fi; }

# --- what a stop, and what a crash of the daemon does to those who use it

sessions_up() { iscsiadm -m session | grep -qF "$iqn" && grep -qx live /sys/class/nvme/nvme*/state \
  && grep -qx LOGGED_IN /sys/class/iscsi_session/session*/state && all_devices; }
through_restart() { # WHAT SD NV: WHAT is restart or crash; fsync'd appends by both protocols meanwhile
  local what=$1 p writers=()
  for p in 0 1; do
    rm -f /tmp/log.$p; python3 - "${@:2+p:1}" $((p * 16384)) /tmp/log.$p > /tmp/writer.$p 2>&1 <<'PY' &
import os, struct, sys
device, first, log = sys.argv[1], int(sys.argv[2]), sys.argv[3]
fd = os.open(device, os.O_RDWR | os.O_DSYNC)
acknowledged = open(log, "w", buffering=1)
for block in range(first, first + 16384):
    os.pwrite(fd, struct.pack("<QQ", block, 0x6c656d6567) * 256, block * 4096)
    acknowledged.write("%d\n" % block)  # written and flushed to the medium
    if os.path.exists("/tmp/stop"):
        break
PY
    writers+=($!); done
  rm -f /tmp/stop; await 30 test -s /tmp/log.0 -a -s /tmp/log.1; sleep 1
  local before0 before1; before0=$(wc -l < /tmp/log.0); before1=$(wc -l < /tmp/log.1)
  ask "$what" || return
  check "$what: iSCSI writes go on" await 90 more_lines /tmp/log.0 $((before0 + 20))
  check "$what: NVMe writes go on" await 90 more_lines /tmp/log.1 $((before1 + 20))
  touch /tmp/stop; wait "${writers[@]}"; rm -f /tmp/stop
  check "$what: both sessions are up again" await 60 sessions_up
  check "$what: iSCSI discovery finds the target again" iscsi_discovery
  check "$what: NVMe discovery finds the subsystem again" nvme_discovery "$discovery_port"
  blockdev --flushbufs "$2"; blockdev --flushbufs "$3"
  for p in 0 1; do # read by the other protocol than the one that wrote
    check "$what: all $(wc -l < /tmp/log.$p) acknowledged blocks are there (writer $p)" python3 - "${@:3-p:1}" /tmp/log.$p "$(cat /tmp/writer.$p)" <<'PY'
import os, struct, sys
fd = os.open(sys.argv[1], os.O_RDONLY)
lost = [n for n in map(int, open(sys.argv[2])) if os.pread(fd, 4096, n * 4096) != struct.pack("<QQ", n, 0x6c656d6567) * 256]
sys.exit("lost: %s %s" % (lost, sys.argv[3]) if lost or sys.argv[3] else 0)
PY
  done; }
more_lines() { [ "$(wc -l < "$1")" -ge "$2" ]; }

# --- the lane

for m in iscsi_tcp nvme_tcp sd_mod xfs; do modprobe $m; done
ask capture-off # the host captures until "judge-off"
check "iSCSI discovery" iscsi_discovery || iscsiadm -m discovery -t sendtargets -p "$portal"
check "NVMe discovery at its own port" nvme_discovery "$discovery_port" || nvme discover -t tcp -a 127.0.0.1 -s "$discovery_port"
check "NVMe discovery at the I/O port" nvme_discovery "$nvme_port"

for digests in off on; do
  [ $digests = off ] || ask capture-on
  connect $digests; all_devices || continue
  read -r first _ <<< "$volumes"; IFS=: read -r name lun _ <<< "$first"
  both_see_the_same "$name, digests $digests" "$lun"
  ask "judge-$digests"
  [ "$quick" = 1 ] && [ $digests = on ] && { disconnect "digests $digests"; continue; }
  for volume in $volumes; do
    IFS=: read -r name lun size <<< "$volume"
    if [ $digests = off ]; then
      [ "$name" = "${first%%:*}" ] || both_see_the_same "$name" "$lun"
      sd=$(iscsi_device "$lun"); nv=$(nvme_device $((lun + 1)))
      file_system ext4 "$name, ext4 made by iSCSI" "$sd" "$nv"
      [ "$quick" = 1 ] || file_system xfs "$name, xfs made by NVMe" "$nv" "$sd"; fi
    for depth in 1 128; do
      [ $depth = 1 ] && mib=12 || mib=48
      placing=unaligned; [ $depth$digests = 128off ] && placing=aligned
      [ $depth$digests = 1on ] && placing=aligned
      fio_both "$name, fio verify, digests $digests, depth $depth, $placing" "$name" "$lun" "$size" $depth $placing $mib
      [ "$quick" = 1 ] && break; done
    [ "$quick" = 1 ] && break; done
  if [ $digests = off ] || [ "$quick" != 1 ]; then
    IFS=: read -r name lun _ <<< "$first"; sd=$(iscsi_device "$lun"); nv=$(nvme_device $((lun + 1)))
    [ "$quick" = 1 ] || [ $digests = on ] || through_restart restart "$sd" "$nv"
    [ "$quick" = 1 ] || [ $digests = off ] || through_restart crash "$sd" "$nv"; fi
  disconnect "digests $digests"
done
echo "RESULT passed the guest's script ran to its end | "
