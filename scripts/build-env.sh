# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2034,SC2154	# for, and from, those who source it
# Sourced after lib.sh by what runs the kernel's make: the same commands for the same
# source in every clone of this project, so that one compiler cache serves them all.
# Paths are relative to the clone, and nothing of the machine gets into an object.
# Sets $arch, $jobs, $CROSS_COMPILE, $KERNEL (the image) and $cc (what CC= is to be).

arch=${ARCH:-x86_64}
jobs=${JOBS:-$(nproc)}
CROSS_COMPILE='' KERNEL=arch/x86/boot/bzImage
if [ -f "$top/selftests/arch/$arch.conf" ]; then
	# shellcheck source=/dev/null
	. "$top/selftests/arch/$arch.conf"
fi
cc="ccache ${CROSS_COMPILE}gcc"

# Called from make, our variables would reach the kernel's make as its own.
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES KBUILD_OUTPUT KCFLAGS KBUILD_EXTMOD \
	INSTALL_PATH INSTALL_MOD_PATH INSTALL_HDR_PATH O V C W
export ARCH="$arch" CROSS_COMPILE LC_ALL=C
export CCACHE_DIR="$cache/ccache" CCACHE_BASEDIR="$work" CCACHE_NOHASHDIR=1
# ccache does not look at -fmacro-prefix-map (see scripts/build): a name of its own for
# what is compiled with ours.
export CCACHE_NAMESPACE=pgmap
export KBUILD_BUILD_TIMESTAMP='2026-01-01' KBUILD_BUILD_USER=builder KBUILD_BUILD_HOST=pgmap
mkdir -p "$CCACHE_DIR"
