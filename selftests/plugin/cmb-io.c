// SPDX-License-Identifier: GPL-2.0
/*
 * Batches of direct I/O to a disk from all CPUs at once, and what was written is there. That is
 * for cmb-order.c, which watches how nvme submits it. A batch that gets its requests at once goes
 * to nvme_queue_rqs(). With few requests, most goes to nvme_queue_rq() in pieces, and the doorbell
 * waits for the last one of a piece, or for another CPU.
 *
 * Usage: cmb-io /dev/DISK REQUESTS...
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define CPUS	4
#define BATCH	32
#define ROUNDS	100
#define BLOCK	4096
#define BLOCKS	1024	/* of each CPU */

static const char *disk;

static void die(const char *what, int error)
{
	printf("# %s: %s\n", what, strerror(error));
	exit(1);
}

static void setting(const char *name, const char *value)
{
	char path[256];
	int fd;

	snprintf(path, sizeof(path), "/sys/block/%s/queue/%s", strrchr(disk, '/') + 1, name);
	fd = open(path, O_WRONLY);
	if (fd < 0 || write(fd, value, strlen(value)) < 0)
		die(path, errno);
	close(fd);
}

static uint64_t word(unsigned int block, unsigned int round, unsigned int i)
{
	return (uint64_t)block << 32 | round << 16 | i;
}

/* A batch that is submitted by one system call. */
static void batch(aio_context_t aio, int op, int fd, char *buf, const unsigned int *blocks)
{
	struct iocb iocbs[BATCH], *list[BATCH];
	struct io_event events[BATCH];
	unsigned int i;

	memset(iocbs, 0, sizeof(iocbs));
	for (i = 0; i < BATCH; i++) {
		iocbs[i].aio_lio_opcode = op;
		iocbs[i].aio_fildes = fd;
		iocbs[i].aio_buf = (uintptr_t)(buf + i * BLOCK);
		iocbs[i].aio_nbytes = BLOCK;
		iocbs[i].aio_offset = (long long)blocks[i] * BLOCK;
		list[i] = &iocbs[i];
	}
	if (syscall(__NR_io_submit, aio, BATCH, list) != BATCH)
		die("io_submit", errno);
	if (syscall(__NR_io_getevents, aio, BATCH, BATCH, events, NULL) != BATCH)
		die("io_getevents", errno);
	for (i = 0; i < BATCH; i++)
		if (events[i].res != BLOCK)
			die(op == IOCB_CMD_PWRITE ? "write" : "read",
			    events[i].res < 0 ? -events[i].res : EIO);
}

static void one_cpu(unsigned int cpu)
{
	unsigned int blocks[BATCH], round, i, j;
	aio_context_t aio = 0;
	cpu_set_t set;
	uint64_t *buf;
	int fd;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		die("sched_setaffinity", errno);
	fd = open(disk, O_RDWR | O_DIRECT);
	if (fd < 0)
		die(disk, errno);
	if (syscall(__NR_io_setup, BATCH, &aio))
		die("io_setup", errno);
	buf = aligned_alloc(BLOCK, BATCH * BLOCK);
	if (!buf)
		die("aligned_alloc", ENOMEM);
	srand(cpu);
	for (round = 0; round < ROUNDS; round++) {
		unsigned int first = rand(), step = rand() | 1;

		/* an odd step: no block twice, and few that can be merged */
		for (i = 0; i < BATCH; i++) {
			blocks[i] = cpu * BLOCKS + (first + i * step) % BLOCKS;
			for (j = 0; j < BLOCK / 8; j++)
				buf[i * BLOCK / 8 + j] = word(blocks[i], round, j);
		}
		batch(aio, IOCB_CMD_PWRITE, fd, (char *)buf, blocks);
		memset(buf, 0, BATCH * BLOCK);
		batch(aio, IOCB_CMD_PREAD, fd, (char *)buf, blocks);
		for (i = 0; i < BATCH; i++)
			for (j = 0; j < BLOCK / 8; j++)
				if (buf[i * BLOCK / 8 + j] != word(blocks[i], round, j)) {
					printf("# CPU %u, round %u, block %u, word %u: %#llx\n",
					       cpu, round, blocks[i], j,
					       (unsigned long long)buf[i * BLOCK / 8 + j]);
					exit(1);
				}
	}
	exit(0);
}

int main(int argc, char **argv)
{
	int i, cpu, failed = 0;

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc < 3 || !strchr(argv[1], '/')) {
		printf("# Usage: cmb-io /dev/DISK REQUESTS...\n");
		return 1;
	}
	disk = argv[1];
	setting("scheduler", "none");
	printf("TAP version 13\n1..%d\n", argc - 2);
	for (i = 2; i < argc; i++) {
		int status, bad = 0;

		setting("nr_requests", argv[i]);
		for (cpu = 0; cpu < CPUS; cpu++)
			if (!fork())
				one_cpu(cpu);
		for (cpu = 0; cpu < CPUS; cpu++)
			if (wait(&status) < 0 || status)
				bad = 1;
		printf("%sok %d %s_requests\n", bad ? "not " : "", i - 1, argv[i]);
		failed += bad;
	}
	return failed != 0;
}
