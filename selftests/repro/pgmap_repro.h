/* SPDX-License-Identifier: GPL-2.0 */
/* What the program repro and the module pgmap_repro say to each other. */
#ifndef PGMAP_REPRO_H
#define PGMAP_REPRO_H

#include <linux/ioctl.h>
#include <linux/types.h>

struct repro {
	__u64 start[2];		/* physical ranges, or start[0]: a user address */
	__u64 size;		/* of each */
	__s64 error;		/* what memremap_pages() returned */
	char said[256];		/* what was seen, for the log */
};

/* The user's page table entry against the kernel's: 0, or EXDEV for an alias */
#define REPRO_ALIAS	_IOWR('r', 1, struct repro)
/* A direct mapping while the range is ioremap_wt()ed: 0, or EXDEV if not WT */
#define REPRO_WT	_IOWR('r', 2, struct repro)
/* Two ranges in one pgmap: 0, or EXDEV if the second one is not write-back */
#define REPRO_TWO	_IOWR('r', 3, struct repro)
/* A pgmap of a type that does not exist: the answer is in error */
#define REPRO_TYPE	_IOWR('r', 4, struct repro)

#endif
