#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Takes too long, and so does its child.
setsid sleep 1000 &
sleep 1000
