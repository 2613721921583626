#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Usage: nvme-load.sh COUNT
# An NVMe controller with its queues in the CMB ($LOAD_DEV, a PCI function), under load: fio
# writes to its disk $LOAD_DISK and verifies, while the controller is reset COUNT times; then
# its driver is unbound COUNT times while something reads.
set -u
pci=${LOAD_DEV##*/}
count=$1
failed=

fail() {
	echo "# $*"
	failed=y
}

# verify NAME ARGUMENT...: fio, into the background
verify() {
	fio --name=load --filename="$LOAD_DISK" --direct=1 --rw=randwrite --bs=4k --iodepth=16 \
		--numjobs=4 --size=8M --offset_increment=8M --verify=crc32c --verify_backlog=64 \
		--time_based --runtime="$1" --ioengine="$2" --group_reporting > /tmp/fio.log 2>&1 &
	fio=$!
}

# Its exit code says nothing when it was interrupted.
verified() {
	wait $fio
	if ! grep -q 'err= 0:' /tmp/fio.log || grep -q -i 'verify:' /tmp/fio.log; then
		fail "fio: $(grep -i -m 3 -E 'err=|verify' /tmp/fio.log)"
	fi
}

queues=$(cat /sys/bus/pci/devices/"$pci"/nvme/nvme*/queue_count)
echo "TAP version 13"
echo "1..3"

for engine in io_uring libaio; do
	verify 10 $engine
	verified
done
[ "$queues" -ge 2 ] || fail "$queues queues"
[ -z "$failed" ] && echo "ok 1 verify with $queues queues" || echo "not ok 1 verify"

verify 600 io_uring
n=0
while [ $n -lt "$count" ]; do
	n=$((n + 1))
	kill -0 $fio 2> /dev/null || { fail "fio has ended before reset $n"; break; }
	echo 1 > "$(echo /sys/bus/pci/devices/"$pci"/nvme/nvme*)/reset_controller" || fail "reset $n"
done
kill -INT $fio 2> /dev/null
verified
[ -z "$failed" ] && echo "ok 2 $n resets" || echo "not ok 2 resets"

n=0
while [ $n -lt "$count" ]; do
	n=$((n + 1))
	dd if="$LOAD_DISK" of=/dev/null bs=4k iflag=direct 2> /dev/null &
	dd if="$LOAD_DISK" of=/dev/null bs=64k iflag=direct 2> /dev/null &
	echo "$pci" > /sys/bus/pci/drivers/nvme/unbind || fail "unbind $n"
	wait
	echo "$pci" > /sys/bus/pci/drivers_probe
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		[ ! -b "$LOAD_DISK" ] || break
		sleep 1
	done
	[ -b "$LOAD_DISK" ] || { fail "no $LOAD_DISK after unbind $n"; break; }
done
verify 5 io_uring
verified
[ -z "$failed" ] && echo "ok 3 $n unbinds" || echo "not ok 3 unbinds"
[ -z "$failed" ]
