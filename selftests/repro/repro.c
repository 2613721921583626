// SPDX-License-Identifier: GPL-2.0
/*
 * Shows one mainline bug through /dev/pgmap_repro: exits 0 where it is fixed.
 *
 *   repro alias PCI-DEVICE	F1: map p2pmem of it
 *   repro wt RANGE		F2: a 2 MiB direct mapping that is write-through
 *   repro type RANGE		F3: a type that does not exist
 *   repro two BAR RANGE	F4: a BAR under an uncached MTRR, then RAM
 *   repro locks MEMORY		F6: not the bug, but what lockdep must have seen before:
 *				ksmd at work, and a memory block going offline
 *
 * RANGE is start,size; PCI-DEVICE is its folder in sysfs; MEMORY the one of the blocks.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>
#include "pgmap_repro.h"

#define RANGE_SIZE	(64UL << 20)

static int map_p2pmem(const char *device, struct repro *r)
{
	char path[512];
	char *p;
	int fd;

	snprintf(path, sizeof(path), "%s/p2pmem/allocate", device);
	fd = open(path, O_RDWR);
	if (fd < 0) {
		perror(path);
		return -1;
	}
	p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (p == MAP_FAILED) {
		perror("mmap");
		return -1;
	}
	memset(p, 0x5a, 4096);
	r->start[0] = (unsigned long)p;
	return 0;
}

static int put(const char *path, const char *value)
{
	int fd = open(path, O_WRONLY);
	int ok = fd >= 0 && write(fd, value, strlen(value)) > 0;

	if (fd >= 0)
		close(fd);
	return ok;
}

static int lock_order(const char *memory)
{
	size_t size = 4 << 20;
	struct dirent *entry;
	int done = 0;
	char *p;
	DIR *dir;

	p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
		 -1, 0);
	if (p == MAP_FAILED || madvise(p, size, MADV_MERGEABLE)) {
		perror("mergeable memory");
		return 1;
	}
	memset(p, 5, size);
	put("/sys/kernel/mm/ksm/run", "1");
	sleep(3);
	put("/sys/kernel/mm/ksm/run", "2");

	dir = opendir(memory);
	while (!done && dir && (entry = readdir(dir))) {
		char path[600];

		if (strncmp(entry->d_name, "memory", 6))
			continue;
		snprintf(path, sizeof(path), "%s/%s/state", memory, entry->d_name);
		if (put(path, "offline")) {
			printf("# %s was offline\n", entry->d_name);
			done = put(path, "online");
		}
	}
	return !done;
}

int main(int argc, char **argv)
{
	struct repro r = { .size = RANGE_SIZE };
	unsigned long request = 0;
	int fd, ret, wanted = 0, i;

	if (argc < 3) {
		fprintf(stderr, "usage: repro alias|wt|type|two|locks ...\n");
		return 2;
	}
	if (!strcmp(argv[1], "locks"))
		return lock_order(argv[2]);
	fd = open("/dev/pgmap_repro", O_RDWR);
	if (fd < 0) {
		perror("/dev/pgmap_repro");
		return 2;
	}
	for (i = 2; i < argc && i < 4; i++)
		r.start[i - 2] = strtoull(argv[i], NULL, 0);

	if (!strcmp(argv[1], "alias")) {
		request = REPRO_ALIAS;
		if (map_p2pmem(argv[2], &r))
			return 2;
	} else if (!strcmp(argv[1], "wt")) {
		request = REPRO_WT;
	} else if (!strcmp(argv[1], "two") && argc == 4) {
		request = REPRO_TWO;
	} else if (!strcmp(argv[1], "type")) {
		request = REPRO_TYPE;
		wanted = -EINVAL;
	}

	ret = ioctl(fd, request, &r);
	printf("# %s\n", ret && errno != EXDEV ? strerror(errno) : r.said);
	return ret || r.error != wanted;
}
