#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Usage: pulled.sh p2pmem|pmem
# A card is pulled out while programs use its memory: $PULLED_CARD, a PCI function behind a port
# that has a slot. QEMU takes a device out at once when the power of its slot is switched
# off, and the kernel hears of it afterwards.
#
# p2pmem: fio reads $PULLED_DISK, which is behind the same switch, into memory of the card.
# pmem: the card is a block device (pci-pmem) with a file system, to which fio writes.
set -u

card=${PULLED_CARD##*/}
sysfs=/sys/bus/pci/devices/$card
port=$(dirname "$(readlink -f "$sysfs")")
failed=

fail() {
	echo "# $*"
	failed=y
}

# byte OFFSET of the port's configuration
byte() {
	dd if="$port/config" bs=1 skip="$1" count=1 2> /dev/null | od -An -tu1 | tr -d " "
}

# control LOW HIGH: the slot's control register, by one write of all of it
control() {
	printf '%b' "\\0$(printf %o "$1")\\0$(printf %o "$2")" |
		dd of="$port/config" bs=2 seek=$(((cap + 24) / 2)) count=1 conv=notrunc 2> /dev/null
}

# The power of the slot, and its light, are switched off. They are on again before the kernel
# gets its interrupt, for it does nothing to a slot without power.
pull() {
	cap=$(byte 52)
	while [ "$cap" -gt 0 ] && [ "$(byte "$cap")" -ne 16 ]; do
		cap=$(byte $((cap + 1)))
	done
	[ "$cap" -gt 0 ] || fail "$port has no slot"
	low=$(byte $((cap + 24))) high=$(byte $((cap + 25)))
	control $((low & ~32)) $((high | 7))
	control "$low" "$high"
}

# gone SECONDS: the kernel has noticed
gone() {
	for _ in $(seq "$1"); do
		[ -d "$sysfs" ] || return 0
		sleep 1
	done
	fail "after $1 s the kernel still has $card"
}

echo "TAP version 13"
echo "1..1"
case $1 in
p2pmem)
	echo pci-p2pmem > "$sysfs/driver_override"
	echo "$card" > /sys/bus/pci/drivers_probe
	echo write-combining > "$sysfs/pci_p2pmem/cache_mode"
	echo 1 > "$sysfs/pci_p2pmem/enable" || fail "not enabled"
	fio --name=pulled --filename="$PULLED_DISK" --direct=1 --rw=randread --bs=64k --numjobs=2 \
		--mem=mmapshared:"$sysfs/p2pmem/allocate" --time_based --runtime=120 \
		--size=16M > /tmp/fio.log 2>&1 &
	;;
pmem)
	echo pci-pmem > "$sysfs/driver_override"
	echo "$card" > /sys/bus/pci/drivers_probe
	disk=
	for _ in $(seq 10); do
		for block in "$sysfs"/ndbus*/region*/*/block/*; do
			[ ! -e "$block" ] || disk=/dev/${block##*/}
		done
		[ -z "$disk" ] || break
		sleep 1
	done
	mkfs.ext4 -q -F "$disk" > /tmp/mkfs.log 2>&1 || fail "mkfs.ext4"
	mkdir -p /tmp/card
	mount -t ext4 "$disk" /tmp/card || fail "mount"
	fio --name=pulled --directory=/tmp/card --direct=1 --rw=randwrite --bs=4k --fsync=16 \
		--numjobs=2 --time_based --runtime=120 --size=4M > /tmp/fio.log 2>&1 &
	;;
esac
fio=$!
sleep 5
kill -0 $fio 2> /dev/null || fail "fio has ended: $(tail -n 3 /tmp/fio.log)"
pull
gone 30
before=$(date +%s)
wait $fio && fail "fio has met no error"
[ $(($(date +%s) - before)) -lt 60 ] || fail "fio went on for too long"
[ "$1" = p2pmem ] || umount /tmp/card || fail "umount"
grep -i 'error' /tmp/fio.log | head -n 3 | sed 's/^/# /'
[ -z "$failed" ] && echo "ok 1 $1" || echo "not ok 1 $1"
[ -z "$failed" ]
