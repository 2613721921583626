// SPDX-License-Identifier: GPL-2.0
/*
 * A plugin of QEMU (TCG): what a CPU copies into the controller memory buffer of an NVMe device
 * has to be drained by that CPU before any CPU tells the device that it is there.
 *
 * QEMU keeps stores in order and has no write buffers, so nothing comes late there. What is
 * looked at is the rule, for the worst that an architecture may do: only sfence and mfence
 * drain, and only what their own CPU has stored. A locked instruction, an unlock, and what
 * another CPU does drain nothing.
 *
 * The machine has one NVMe device with one I/O queue. So the lock of that queue is around all
 * that is seen here: no CPU copies an entry while another one rings. The doorbells of completion
 * queues and of the admin queue, which is in RAM, say nothing of the CMB.
 *
 * Arguments: out=FILE for what it has seen, the last line being the verdict. drain=none: no
 * instruction is a drain; drain=doorbell: only telling the device is one, of the CPU that does. As
 * if the driver had no barrier, or had it there: both have to fail.
 *
 * No package of Debian 12 has qemu-plugin.h, so what is used of it (API version 1) is below.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

struct qemu_plugin_tb;
struct qemu_plugin_insn;
struct qemu_plugin_hwaddr;
enum { NO_REGS = 0, STORES = 2 };

size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *tb, size_t n);
const void *qemu_plugin_insn_data(const struct qemu_plugin_insn *insn);
size_t qemu_plugin_insn_size(const struct qemu_plugin_insn *insn);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *insn);
struct qemu_plugin_hwaddr *qemu_plugin_get_hwaddr(uint32_t info, uint64_t vaddr);
bool qemu_plugin_hwaddr_is_io(const struct qemu_plugin_hwaddr *addr);
uint64_t qemu_plugin_hwaddr_phys_addr(const struct qemu_plugin_hwaddr *addr);
const char *qemu_plugin_hwaddr_device_name(const struct qemu_plugin_hwaddr *addr);
void qemu_plugin_register_vcpu_tb_trans_cb(uint64_t id,
		void (*cb)(uint64_t id, struct qemu_plugin_tb *tb));
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *insn,
		void (*cb)(unsigned int cpu, void *data), int flags, void *data);
void qemu_plugin_register_vcpu_mem_cb(struct qemu_plugin_insn *insn,
		void (*cb)(unsigned int cpu, uint32_t info, uint64_t vaddr, void *data),
		int flags, int what, void *data);
void qemu_plugin_register_atexit_cb(uint64_t id, void (*cb)(uint64_t id, void *data), void *data);
int qemu_plugin_install(uint64_t id, const void *info, int argc, char **argv);

int qemu_plugin_version = 1;

#define CPUS	64	/* more than any guest here has */
#define PLACES	32
#define ENOUGH	1000	/* of everything: who has seen less has seen no test */
#define HANDED	10	/* what one CPU copied and another one told of is less frequent */
#define BAR	0x4000	/* the size of the registers, or less; they are aligned to it */
#define SQ(n)	(0x1000 + 8 * (n))	/* the doorbell of a submission queue */

static char out[4096];
static enum { FENCE, NONE, DOORBELL } drain;

/*
 * Each CPU writes its own flags, and who rings reads those of all. The guest's lock orders that;
 * the atomics are for the CPUs of the host.
 */
static struct {
	uintptr_t undrained;	/* the instruction that has copied what is not drained */
	bool copied;		/* something that the device was not told of yet */
	uint64_t last, fenced;	/* where it has stored last, now and before its last mfence */
	uint64_t stores, drains, doorbells, shadows, handed_over, strange;
} cpus[CPUS];

static uint64_t shadow;		/* the address of the doorbell in memory */

/* What was wrong, and where. */
static struct {
	uintptr_t copy, ring;
	unsigned int copier, ringer;
	uint64_t count;
} places[PLACES];
static unsigned int nr_places;

#define get(x)		__atomic_load_n(&(x), __ATOMIC_ACQUIRE)
#define set(x, v)	__atomic_store_n(&(x), v, __ATOMIC_RELEASE)

static void failure(unsigned int copier, unsigned int ringer, uintptr_t ring)
{
	uintptr_t copy = get(cpus[copier].undrained);
	unsigned int i;

	for (i = 0; i < nr_places; i++)
		if (places[i].copy == copy && places[i].ring == ring &&
		    (places[i].copier == places[i].ringer) == (copier == ringer))
			break;
	if (i == PLACES)
		i--;	/* better in a wrong place than lost */
	if (i == nr_places) {
		nr_places++;
		places[i].copy = copy;
		places[i].ring = ring;
		places[i].copier = copier;
		places[i].ringer = ringer;
	}
	places[i].count++;
}

/* The device may read all entries from now on. */
static void tell(unsigned int cpu, uintptr_t insn)
{
	bool others = false;
	unsigned int i;

	if (drain == DOORBELL)
		set(cpus[cpu].undrained, 0);
	for (i = 0; i < CPUS; i++) {
		if (get(cpus[i].copied) && i != cpu)
			others = true;
		set(cpus[i].copied, false);
		if (get(cpus[i].undrained))
			failure(i, cpu, insn);
		/* an entry is reported once */
		set(cpus[i].undrained, 0);
	}
	cpus[cpu].handed_over += others;
}

/*
 * QEMU's device has shadow doorbells: the driver writes the tail to memory, and after an mfence
 * it rings only if the device asks for that. Where they are says the store before that mfence,
 * if it is the same twice; that of queue 1 is the third word of a page.
 */
static void doorbell(unsigned int cpu, uintptr_t insn)
{
	static uint64_t guess;

	cpus[cpu].doorbells++;
	if (!get(shadow) && cpus[cpu].fenced % 4096 == 8) {
		if (guess == cpus[cpu].fenced)
			set(shadow, guess);
		guess = cpus[cpu].fenced;
	}
	tell(cpu, insn);
}

static void store(unsigned int cpu, uint32_t info, uint64_t vaddr, void *insn)
{
	struct qemu_plugin_hwaddr *addr = qemu_plugin_get_hwaddr(info, vaddr);
	const char *device;
	uint64_t offset;

	if (!addr)
		return;
	if (!qemu_plugin_hwaddr_is_io(addr)) {
		cpus[cpu].last = vaddr;
		if (vaddr == get(shadow)) {
			cpus[cpu].shadows++;
			tell(cpu, (uintptr_t)insn);
		}
		return;
	}
	device = qemu_plugin_hwaddr_device_name(addr);
	if (!strcmp(device, "nvme-cmb")) {
		cpus[cpu].stores++;
		set(cpus[cpu].copied, true);
		set(cpus[cpu].undrained, (uintptr_t)insn);
	} else if (!strcmp(device, "nvme")) {
		offset = qemu_plugin_hwaddr_phys_addr(addr) % BAR;
		if (offset == SQ(1))
			doorbell(cpu, (uintptr_t)insn);
		else if (offset > SQ(1) && offset % 8 == 0)
			cpus[cpu].strange++;
	}
}

static void fence(unsigned int cpu, void *is_mfence)
{
	if (is_mfence)
		cpus[cpu].fenced = cpus[cpu].last;
	if (!get(cpus[cpu].undrained))
		return;
	cpus[cpu].drains++;
	if (drain == FENCE)
		set(cpus[cpu].undrained, 0);
}

static void translate(uint64_t id, struct qemu_plugin_tb *tb)
{
	size_t i, n = qemu_plugin_tb_n_insns(tb);

	(void)id;
	for (i = 0; i < n; i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
		uint64_t vaddr = qemu_plugin_insn_vaddr(insn);
		const unsigned char *code = qemu_plugin_insn_data(insn);

		/* The kernel's only: user space has neither mapped. */
		if (!(vaddr >> 63))
			continue;
		if (qemu_plugin_insn_size(insn) == 3 && code[0] == 0x0f && code[1] == 0xae &&
		    (code[2] == 0xf8 || code[2] == 0xf0))
			qemu_plugin_register_vcpu_insn_exec_cb(insn, fence, NO_REGS,
							       code[2] == 0xf0 ? insn : NULL);
		else
			qemu_plugin_register_vcpu_mem_cb(insn, store, NO_REGS, STORES,
							 (void *)(uintptr_t)vaddr);
	}
}

static void finish(uint64_t id, void *data)
{
	uint64_t stores = 0, drains = 0, doorbells = 0, shadows = 0, handed_over = 0, strange = 0;
	FILE *file = fopen(out, "w");
	unsigned int i;

	(void)id;
	(void)data;
	if (!file)
		return;
	for (i = 0; i < CPUS; i++) {
		stores += cpus[i].stores;
		drains += cpus[i].drains;
		doorbells += cpus[i].doorbells;
		shadows += cpus[i].shadows;
		handed_over += cpus[i].handed_over;
		strange += cpus[i].strange;
	}
	for (i = 0; i < nr_places; i++)
		fprintf(file, "%#lx rings on CPU %u, and what CPU %u copied at %#lx is not drained: %lu times\n",
			places[i].ring, places[i].ringer, places[i].copier, places[i].copy,
			places[i].count);
	fprintf(file, "%lu stores to the CMB, %lu drains of them, %lu doorbells and %lu in memory, %lu for another CPU, too\n",
		stores, drains, doorbells, shadows, handed_over);
	if (strange)
		fprintf(file, "failed: there is more than one I/O queue; VARIANT=cmb has one\n");
	else if (nr_places)
		fprintf(file, "failed: a doorbell is rung before what was copied is drained\n");
	else if (stores < ENOUGH || drains < ENOUGH || doorbells < ENOUGH || handed_over < HANDED)
		fprintf(file, "failed: that is too little to judge by\n");
	else
		fprintf(file, "passed\n");
	fclose(file);
}

int qemu_plugin_install(uint64_t id, const void *info, int argc, char **argv)
{
	int i;

	(void)info;
	for (i = 0; i < argc; i++) {
		if (!strncmp(argv[i], "out=", 4))
			snprintf(out, sizeof(out), "%s", argv[i] + 4);
		else if (!strcmp(argv[i], "drain=none"))
			drain = NONE;
		else if (!strcmp(argv[i], "drain=doorbell"))
			drain = DOORBELL;
		else
			return -1;
	}
	qemu_plugin_register_vcpu_tb_trans_cb(id, translate);
	qemu_plugin_register_atexit_cb(id, finish, NULL);
	return 0;
}
