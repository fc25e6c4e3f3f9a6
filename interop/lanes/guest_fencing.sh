#!/bin/bash
# Runs in the guest (lane "fencing"): one volume as a SCSI disk and as an NVMe namespace; each host fences the other.
# Arguments: ISCSI_PORT NVME_PORT IQN NQN. Prints a line "RESULT passed|failed NAME | DETAIL" per check.
portal=127.0.0.1:$1 nvme_port=$2 iqn=$3 nqn=$4
export LC_ALL=C
scsi_key=0x0102030405060708 nvme_key=0x1122334455667788 # asymmetric: a wrong byte order shows

result() { echo "RESULT $1 $2 | $(echo "${3:-}" | tail -n 12 | tr '\n' ';')"; }
check() { local name=$1 out; shift; if out=$("$@" 2>&1); then result passed "$name"; else result failed "$name" "$out"; fi; }
refused() { local name=$1 out; shift; if out=$("$@" 2>&1); then result failed "$name" "$out"; else result passed "$name"; fi; }
says() { # NAME PATTERN COMMAND...: its output has the pattern
  local name=$1 pattern=$2 out; shift 2; out=$("$@" 2>&1); if grep -qE "$pattern" <<<"$out"; then result passed "$name"; else result failed "$name" "$out"; fi; }
write() { dd if=/dev/urandom of="$1" bs=4096 count=1 oflag=direct; }
read_() { dd if="$1" of=/dev/null bs=4096 count=1 iflag=direct; }
sg() { sg_persist -n "$@" || sg_persist -n "$@"; } # the first command after a preemption reports the unit attention

modprobe nvme-tcp; iscsid 2>/dev/null
check "iSCSI discovery" iscsiadm -m discovery -t sendtargets -p "$portal"
check "iSCSI login" iscsiadm -m node -T "$iqn" -p "$portal" --login
check "NVMe connect" nvme connect -t tcp -a 127.0.0.1 -s "$nvme_port" -n "$nqn"
for _ in $(seq 100); do d=$(readlink -e /dev/disk/by-path/*-lun-0) && [ -b /dev/nvme0n1 ] && break; sleep 0.2; done
n=/dev/nvme0n1

check "SCSI registers" sg -o -G -S $scsi_key "$d"
check "SCSI reserves WRITE EXCLUSIVE, REGISTRANTS ONLY" sg -o -R -K $scsi_key -T 5 "$d"
check "SCSI writes" write "$d"
refused "NVMe, not registered, does not write" write $n
check "NVMe, not registered, reads" read_ $n
check "NVMe registers" nvme resv-register $n -n 1 --nrkey=$nvme_key --rrega=0 --cptpl=0
check "NVMe, registered, writes" write $n
says "SCSI sees the key of NVMe" "0x1122334455667788" sg -i -k "$d"
says "NVMe sees the key of SCSI" "102030405060708" nvme resv-report $n -n 1 -e
says "SCSI sees NVMe by a TransportID" "nvme-host" sg -i -s "$d"

check "NVMe preempts and aborts SCSI" nvme resv-acquire $n -n 1 --crkey=$nvme_key --prkey=$scsi_key --rtype=3 --racqa=2
refused "SCSI, preempted, does not write" write "$d"
check "NVMe, the new holder, writes" write $n
check "SCSI registers anew" sg -o -G -S $scsi_key "$d"
check "SCSI, registered, writes" write "$d"
check "SCSI preempts and aborts NVMe" sg -o -A -K $scsi_key -S $nvme_key -T 5 "$d"
refused "NVMe, preempted, does not write" write $n
refused "NVMe, preempted, does not acquire" nvme resv-acquire $n -n 1 --crkey=$nvme_key --rtype=3 --racqa=0
check "SCSI clears" sg -o -C -K $scsi_key "$d"
check "NVMe writes again" write $n
says "no key is left" "NO registered reservation keys|0 registered" sg -i -k "$d"
check "NVMe disconnect" nvme disconnect -n "$nqn"
check "iSCSI logout" iscsiadm -m node -u
