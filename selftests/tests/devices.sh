#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# devices.sh CMB-DEVICE DISK: are the BARs where they should be, is the reserved RAM free? Has
# the disk blocks of 4096 bytes, and are both file systems there?
set -x
start=$((${HIGH%,*}))
[ $((start % 0x40000000)) = 0 ] || exit 1	# a 1 GiB mapping must fit
[ $((${HIGH#*,})) -ge $((0x40000000)) ] || exit 1
[ $start -ge $((0x100000000)) ] || exit 1
[ $((${LOW%,*})) -lt $((0x100000000)) ] || exit 1
[ -e "$1/resource2" ] || exit 1
[ "$(cat "/sys/block/${2##*/}/queue/logical_block_size")" = 4096 ] || exit 1
grep -q ' /mnt ext4 ' /proc/mounts || exit 1
grep -q "^$2 /mnt4k ext4 " /proc/mounts || exit 1
cat /proc/iomem
grep -q '110000000-12fffffff : Reserved' /proc/iomem || exit 1
grep -q '140000000-17fffffff : Reserved' /proc/iomem || exit 1
