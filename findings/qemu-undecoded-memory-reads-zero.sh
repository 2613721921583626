#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# One would guess that a read of PCI memory that no BAR decodes gives all ones in QEMU, as on a PC,
# and as a read of the configuration space of a function that is not there does. It gives zeros. So a
# driver that knows from 0xffffffff that its device is gone takes the zeros for data in QEMU, and a
# test of such a driver passes only if the memory is full of something else.
# Seen with QEMU 7.2 (Debian 12), q35 and pc. Source: unassigned_mem_read() in softmmu/memory.c
# returns 0; pci_data_read() in hw/pci/pci_host.c returns ~0.
set -eu
version=1:7.2+dfsg-7+deb12u18+b3 bios=1.16.2-1
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
trap 'exit 130' INT TERM
cd "$dir"
apt-get download -qq "qemu-system-x86=$version" "qemu-system-common=$version" "seabios=$bios" > log 2>&1 || {
	cat log
	echo "qemu-system-x86 and -common $version or seabios $bios is not served any more"
	exit 3
}
for package in *.deb; do dpkg -x "$package" unpacked; done
export QEMU_MODULE_DIR="$dir/unpacked/usr/lib/x86_64-linux-gnu/qemu"
qemu=unpacked/usr/bin/qemu-system-x86_64
$qemu --version | sed 's/ (.*//;q' > seen
for machine in q35 pc; do
	# Memory below 4 GiB and above, where nothing is; 00:1e.0, which is not there
	{
		printf '%s\n' 'readl 0xfd000000' 'readl 0x280000000' 'outl 0xcf8 0x8000f000' 'inl 0xcfc'
		sleep 2
	} | timeout 20 $qemu -L unpacked/usr/share/seabios -M $machine -accel tcg -S -m 128 -display none \
		-nodefaults -qtest stdio 2> qtest.log | grep '^OK' | tr '\n' ' ' | sed "s/^/$machine: /; s/ \$//" >> seen || :
	echo >> seen
done
cat seen
cat > expected <<'X'
QEMU emulator version 7.2.22
q35: OK 0x0000000000000000 OK 0x0000000000000000 OK OK 0xffffffff
pc: OK 0x0000000000000000 OK 0x0000000000000000 OK OK 0xffffffff
X
cmp -s seen expected || {
	cat qtest.log
	echo "changed: it was"
	cat expected
	exit 1
}
