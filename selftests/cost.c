// SPDX-License-Identifier: GPL-2.0
/*
 * What the kernel does for ordinary memory, in instructions: the guest's clock counts them
 * (QEMU's -icount shift=0, see scripts/cost), so a nanosecond is one.  It runs on the base
 * as well as on the series.  A line each: "# cost NAME INSTRUCTIONS", per page or call.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PAGES		4096UL
#define PAGE		4096UL
#define SIZE		(PAGES * PAGE)
#define ROUNDS		15

/* mm/gup_test.h of the kernel */
struct gup_test {
	uint64_t get_delta_usec;
	uint64_t put_delta_usec;
	uint64_t addr;
	uint64_t size;
	uint32_t nr_pages_per_call;
	uint32_t gup_flags;
	uint32_t test_flags;
	uint32_t which_pages[8];
};
#define GUP_FAST_BENCHMARK	_IOWR('g', 1, struct gup_test)
#define PIN_FAST_BENCHMARK	_IOWR('g', 2, struct gup_test)
#define PIN_LONGTERM_BENCHMARK	_IOWR('g', 3, struct gup_test)
#define FOLL_LONGTERM		0x100
#define FOLL_WRITE		0x1

/* include/linux/hmm.h */
#define HMM_PFN_REQ_FAULT	(1ULL << 63)
#define HMM_PFN_REQ_WRITE	(1ULL << 62)

static void die(const char *what)
{
	printf("# cost: %s: %s\n1..1\nnot ok 1 cost\n", what, strerror(errno));
	exit(1);
}

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1e9 + ts.tv_nsec;
}

static char *map(int flags, int fd)
{
	static char *at = (char *)0x100000000000;
	char *ptr = mmap(at, SIZE, PROT_READ | PROT_WRITE, flags | MAP_FIXED, fd, 0);

	if (ptr == MAP_FAILED)
		die("mmap");
	if (flags & MAP_ANONYMOUS)
		madvise(ptr, SIZE, MADV_NOHUGEPAGE);
	return ptr;
}

static void touch(char *ptr)
{
	unsigned long i;

	for (i = 0; i < SIZE; i += PAGE)
		*(volatile char *)(ptr + i) = 1;
}

static double anon_fault(void)
{
	char *ptr = map(MAP_PRIVATE | MAP_ANONYMOUS, -1);
	double t = now();

	touch(ptr);
	t = now() - t;
	munmap(ptr, SIZE);
	return t / PAGES;
}

static double anon_munmap(void)
{
	char *ptr = map(MAP_PRIVATE | MAP_ANONYMOUS, -1);
	double t;

	touch(ptr);
	t = now();
	munmap(ptr, SIZE);
	return (now() - t) / PAGES;
}

static double huge_fault(void)
{
	char *ptr = map(MAP_PRIVATE | MAP_ANONYMOUS, -1);
	double t;

	madvise(ptr, SIZE, MADV_HUGEPAGE);
	t = now();
	touch(ptr);
	munmap(ptr, SIZE);
	return (now() - t) / PAGES;
}

static double file_fault(void)
{
	int fd = memfd_create("cost", 0);
	char *ptr;
	double t;

	if (ftruncate(fd, SIZE))
		die("ftruncate");
	ptr = map(MAP_SHARED, fd);
	touch(ptr);
	munmap(ptr, SIZE);
	ptr = map(MAP_SHARED, fd);
	t = now();
	touch(ptr);
	t = now() - t;
	munmap(ptr, SIZE);
	close(fd);
	return t / PAGES;
}

static double fork_exit(void)
{
	char *ptr = map(MAP_PRIVATE | MAP_ANONYMOUS, -1);
	const int times = 16;
	double t;
	pid_t pid;
	int i;

	touch(ptr);
	t = now();
	/* Once is over soon, and an interrupt more or less would be half a percent. */
	for (i = 0; i < times; i++) {
		pid = fork();
		if (!pid)
			_exit(0);
		if (pid < 0 || waitpid(pid, NULL, 0) != pid)
			die("fork");
	}
	t = now() - t;
	munmap(ptr, SIZE);
	return t / PAGES / times;
}

static double mlock_munlock(void)
{
	char *ptr = map(MAP_PRIVATE | MAP_ANONYMOUS, -1);
	double t;

	touch(ptr);
	t = now();
	if (mlock(ptr, SIZE))
		die("mlock");
	munlock(ptr, SIZE);
	t = now() - t;
	munmap(ptr, SIZE);
	return t / PAGES;
}

static double gup(unsigned long request, unsigned int flags, int put)
{
	char *ptr = map(MAP_PRIVATE | MAP_ANONYMOUS, -1);
	struct gup_test arg = {
		.addr = (uintptr_t)ptr, .size = SIZE, .nr_pages_per_call = PAGES,
		.gup_flags = flags,
	};
	int fd = open("/sys/kernel/debug/gup_test", O_RDWR);
	double t = 0;
	int i;

	touch(ptr);
	if (fd < 0)
		die("gup_test");
	/* Its times are in microseconds, so let them be long. */
	for (i = 0; i < 20; i++) {
		arg.size = SIZE;
		if (ioctl(fd, request, &arg))
			die("gup_test");
		t += (put ? arg.put_delta_usec : arg.get_delta_usec) * 1000.0 / 20;
	}
	close(fd);
	munmap(ptr, SIZE);
	return t / PAGES;
}

static double gup_fast(void) { return gup(GUP_FAST_BENCHMARK, FOLL_WRITE, 0); }
static double put_page(void) { return gup(GUP_FAST_BENCHMARK, FOLL_WRITE, 1); }
static double pin_fast(void) { return gup(PIN_FAST_BENCHMARK, FOLL_WRITE, 0); }
static double pin_longterm(void) { return gup(PIN_LONGTERM_BENCHMARK, FOLL_WRITE, 0); }

static double migrate(void)
{
	static void *pages[PAGES];
	static int nodes[PAGES], status[PAGES];
	char *ptr = map(MAP_PRIVATE | MAP_ANONYMOUS, -1);
	unsigned long i;
	double t;

	touch(ptr);
	for (i = 0; i < PAGES; i++)
		pages[i] = ptr + i * PAGE;
	/* All to one node, then to the other */
	if (syscall(SYS_move_pages, 0, PAGES, pages, nodes, status, 2) < 0)
		die("move_pages");
	for (i = 0; i < PAGES; i++)
		nodes[i] = 1;
	t = now();
	if (syscall(SYS_move_pages, 0, PAGES, pages, nodes, status, 2) < 0)
		die("move_pages");
	t = now() - t;
	for (i = 0; i < PAGES; i++) {
		if (status[i] != 1)
			die("a page was not moved");
		nodes[i] = 0;
	}
	munmap(ptr, SIZE);
	return t / PAGES;
}

/* For what only drivers call there is cost-module/pgmap_cost.c, which takes the time. */
static int driver_open(void)
{
	int fd = open("/dev/pgmap_cost", O_RDWR);

	if (fd < 0)
		die("/dev/pgmap_cost");
	return fd;
}

static double driver_close(int fd)
{
	uint64_t ns;

	if (read(fd, &ns, sizeof(ns)) != sizeof(ns))
		die("/dev/pgmap_cost");
	close(fd);
	return (double)ns / PAGES;
}

static double insert_pages(void)
{
	int fd = driver_open();

	munmap(map(MAP_SHARED, fd), SIZE);
	return driver_close(fd);
}

static double hmm_range_fault(char *ptr, uint64_t flags)
{
	uint64_t arg[3] = { (uintptr_t)ptr, SIZE, flags };
	int fd = driver_open();

	touch(ptr);
	if (write(fd, arg, sizeof(arg)) != sizeof(arg))
		die("hmm_range_fault");
	munmap(ptr, SIZE);
	return driver_close(fd);
}

static double hmm_pte(void)
{
	return hmm_range_fault(map(MAP_PRIVATE | MAP_ANONYMOUS, -1), 0);
}

static double hmm_pte_write(void)
{
	return hmm_range_fault(map(MAP_PRIVATE | MAP_ANONYMOUS, -1),
			       HMM_PFN_REQ_FAULT | HMM_PFN_REQ_WRITE);
}

static double hmm_pmd(void)
{
	char *ptr = map(MAP_PRIVATE | MAP_ANONYMOUS, -1);

	madvise(ptr, SIZE, MADV_HUGEPAGE);
	return hmm_range_fault(ptr, 0);
}

static double hmm_shmem(void)
{
	int fd = memfd_create("cost", 0);
	char *ptr;

	if (ftruncate(fd, SIZE))
		die("ftruncate");
	ptr = map(MAP_SHARED, fd);
	close(fd);
	return hmm_range_fault(ptr, 0);
}

/* What a driver has mapped: here hmm_range_fault() has to look at each page. */
static double hmm_driver(void)
{
	int fd = driver_open();
	char *ptr = map(MAP_SHARED, fd);

	close(fd);
	return hmm_range_fault(ptr, 0);
}

/*
 * Reads from a disk of NVMe, whose queues are in RAM here. What the process itself does, without
 * the time in which it waits.
 */
static double nvme_read(void)
{
	const char *disk = getenv("COST_DISK");
	char *ptr = map(MAP_PRIVATE | MAP_ANONYMOUS, -1);
	struct timespec before, after;
	const int times = 1000;
	int fd, i;

	fd = disk ? open(disk, O_RDONLY | O_DIRECT) : -1;
	if (fd < 0)
		die("COST_DISK");
	touch(ptr);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &before);
	for (i = 0; i < times; i++)
		if (pread(fd, ptr, PAGE, i * PAGE) != (ssize_t)PAGE)
			die(disk);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &after);
	close(fd);
	munmap(ptr, SIZE);
	return ((after.tv_sec - before.tv_sec) * 1e9 + after.tv_nsec - before.tv_nsec) / times;
}

static const struct {
	const char *name;
	double (*f)(void);
} costs[] = {
	{ "anonymous_fault", anon_fault },
	{ "huge_fault_and_munmap", huge_fault },
	{ "tmpfs_fault", file_fault },
	{ "fork_and_exit", fork_exit },
	{ "munmap", anon_munmap },
	{ "mlock_and_munlock", mlock_munlock },
	{ "GUP-fast", gup_fast },
	{ "put_page", put_page },
	{ "pin_user_pages_fast", pin_fast },
	{ "pin_longterm", pin_longterm },
	{ "migration_RAM_to_RAM", migrate },
	{ "vm_insert_pages", insert_pages },
	{ "hmm_range_fault_PTE", hmm_pte },
	{ "hmm_range_fault_PTE_write", hmm_pte_write },
	{ "hmm_range_fault_PMD", hmm_pmd },
	{ "hmm_range_fault_shmem", hmm_shmem },
	{ "hmm_range_fault_driver", hmm_driver },
	{ "NVMe_read", nvme_read },
};

int main(void)
{
	unsigned int i, k;

	printf("TAP version 13\n");
	for (i = 0; i < sizeof(costs) / sizeof(costs[0]); i++) {
		double least = 1e18;

		/* The least: in the others there was an interrupt more. */
		for (k = 0; k < ROUNDS; k++) {
			double t = costs[i].f();

			least = t < least ? t : least;
		}
		printf("# cost %s %.2f\n", costs[i].name, least);
	}
	printf("1..1\nok 1 cost\n");
	return 0;
}
