#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# settings.sh VALUE: is this what tests.list has set? Has the last process of another test gone?
[ "$(cat /proc/sys/kernel/panic_on_warn)" = "$1" ] || exit 1
! pidof sleep || exit 1
