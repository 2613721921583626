#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The commands of Documentation/card.rst, one after the other, in the guest; tests/tools.test
# compares them. $CARD_OF_TEST and $DISK_OF_TEST are the card and the disk there.
# shellcheck disable=SC2034,SC2086	# as a person types them
set -eu
exec 2>&1
echo "TAP version 13"
echo "1..1"
trap '[ $? = 0 ] && echo "ok 1 card" || echo "not ok 1 card"' EXIT
set -x

# The guest has no lspci and lsblk: not run here
: lspci -v
: lsblk -o NAME,SIZE,MODEL
card=0000:04:00.0 disk=/dev/nvme1n1
card=${CARD_OF_TEST##*/} disk=$DISK_OF_TEST
cat /sys/bus/pci/devices/$card/resource

# The modules are loaded: modprobe does nothing
modprobe() { [ -d "/sys/bus/pci/drivers/$1" ]; }

modprobe pci-p2pmem
echo pci-p2pmem > /sys/bus/pci/devices/$card/driver_override
echo $card > /sys/bus/pci/drivers_probe
cd /sys/bus/pci/devices/$card
echo write-combining > pci_p2pmem/cache_mode
echo 1 > pci_p2pmem/enable
cat p2pmem/size p2pmem/cache_mode
fio --name=copy --filename=$disk --direct=1 --rw=write --bs=64k --size=16M --verify=crc32c --verify_state_save=0 --mem=mmapshared:$PWD/p2pmem/allocate

cd /
echo $card > /sys/bus/pci/drivers/pci-p2pmem/unbind
modprobe pci-pmem
echo pci-pmem > /sys/bus/pci/devices/$card/driver_override
echo $card > /sys/bus/pci/drivers_probe
ndctl list --namespaces
ndctl create-namespace --force --reconfig=namespace0.0 --mode=sector --sector-size=4096
mkfs.ext4 -q -F /dev/pmem0s
mkdir -p /mnt/card
mount /dev/pmem0s /mnt/card
umount /mnt/card
echo $card > /sys/bus/pci/drivers/pci-pmem/unbind
echo > /sys/bus/pci/devices/$card/driver_override
