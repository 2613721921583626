#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Leaves a process behind that holds the pipe, in a process group of its own.
setsid sleep 1000 &
echo left
