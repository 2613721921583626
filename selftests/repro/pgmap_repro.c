// SPDX-License-Identifier: GPL-2.0
/*
 * The mainline bugs of Documentation/testing.rst that can be shown through
 * memremap_pages() and the page tables. Builds on the base and with the series,
 * so it uses nothing that the series adds. x86 only: it reads PAT bits.
 */
#include <linux/highmem.h>
#include <linux/io.h>
#include <linux/memremap.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include "pgmap_repro.h"

/* The PAT index of a leaf entry: what the kernel has is WB WC UC- UC WB WP UC- WT. */
static unsigned int pat_index(unsigned long entry, bool large)
{
	unsigned long pat = large ? _PAGE_PAT_LARGE : _PAGE_PAT;

	return !!(entry & _PAGE_PWT) | !!(entry & _PAGE_PCD) << 1 |
	       !!(entry & pat) << 2;
}

static const char * const pat_names[] = {
	"WB", "WC", "UC-", "UC", "WB", "WP", "UC-", "WT"
};

static int kernel_pat(const void *addr, unsigned int *level)
{
	pte_t *pte = lookup_address((unsigned long)addr, level);

	if (!pte || pte_none(*pte))
		return -ENOENT;
	return pat_index(pte_val(*pte), *level > PG_LEVEL_4K);
}

/* The entry of a user address, walked by hand: vma->vm_page_prot is not the truth. */
static int user_pat(unsigned long addr, unsigned long *pfn)
{
	struct mm_struct *mm = current->mm;
	int ret = -ENOENT;
	p4d_t *p4d;
	pgd_t *pgd;
	pud_t *pud;
	pmd_t *pmd;
	pte_t *pte;

	mmap_read_lock(mm);
	pgd = pgd_offset(mm, addr);
	if (pgd_none(*pgd))
		goto out;
	p4d = p4d_offset(pgd, addr);
	if (p4d_none(*p4d))
		goto out;
	pud = pud_offset(p4d, addr);
	if (pud_none(*pud) || pud_leaf(*pud))
		goto out;
	pmd = pmd_offset(pud, addr);
	if (pmd_none(*pmd) || pmd_leaf(*pmd))
		goto out;
	pte = pte_offset_kernel(pmd, addr);
	if (!pte_present(*pte))
		goto out;
	*pfn = pte_pfn(*pte);
	ret = pat_index(pte_val(*pte), false);
out:
	mmap_read_unlock(mm);
	return ret;
}

static int alias(struct repro *r)
{
	unsigned int level;
	unsigned long pfn;
	int user, kernel;

	user = user_pat(r->start[0], &pfn);
	if (user < 0)
		return user;
	kernel = kernel_pat(__va(PFN_PHYS(pfn)), &level);
	if (kernel < 0)
		return kernel;
	snprintf(r->said, sizeof(r->said), "pfn %#lx: kernel %s, user %s",
		 pfn, pat_names[kernel], pat_names[user]);
	return kernel == user ? 0 : -EXDEV;
}

/* On the heap: a pgmap with two ranges is longer than the struct. */
static struct dev_pagemap *new_pgmap(struct repro *r, int nr_range)
{
	struct dev_pagemap *pgmap;
	int i;

	pgmap = kzalloc(sizeof(*pgmap) + sizeof(struct range), GFP_KERNEL);
	if (!pgmap)
		return NULL;
	pgmap->type = MEMORY_DEVICE_GENERIC;
	pgmap->nr_range = nr_range;
	for (i = 0; i < nr_range; i++) {
		pgmap->ranges[i].start = r->start[i];
		pgmap->ranges[i].end = r->start[i] + r->size - 1;
	}
	return pgmap;
}

static int wt(struct repro *r)
{
	struct dev_pagemap *pgmap = new_pgmap(r, 1);
	void __iomem *io;
	unsigned int level;
	int ret = -ENOMEM, pat;
	void *addr;

	if (!pgmap)
		return -ENOMEM;
	io = ioremap_wt(r->start[0], r->size);
	if (!io)
		goto out_free;
	addr = memremap_pages(pgmap, NUMA_NO_NODE);
	ret = PTR_ERR_OR_ZERO(addr);
	if (ret)
		goto out_unmap;
	pat = kernel_pat(addr, &level);
	memunmap_pages(pgmap);
	snprintf(r->said, sizeof(r->said),
		 "tracked WT, direct mapping at level %u is %s", level,
		 pat < 0 ? "absent" : pat_names[pat]);
	ret = pat == 7 ? 0 : -EXDEV;
out_unmap:
	iounmap(io);
out_free:
	kfree(pgmap);
	return ret;
}

static int two(struct repro *r)
{
	struct dev_pagemap *pgmap = new_pgmap(r, 2);
	unsigned int level;
	int ret, first, second;
	void *addr;

	if (!pgmap)
		return -ENOMEM;
	addr = memremap_pages(pgmap, NUMA_NO_NODE);
	ret = PTR_ERR_OR_ZERO(addr);
	if (ret)
		goto out_free;
	first = kernel_pat(__va(r->start[0]), &level);
	second = kernel_pat(__va(r->start[1]), &level);
	memunmap_pages(pgmap);
	snprintf(r->said, sizeof(r->said), "BAR %s, RAM %s",
		 first < 0 ? "absent" : pat_names[first],
		 second < 0 ? "absent" : pat_names[second]);
	ret = second == 0 ? 0 : -EXDEV;
out_free:
	kfree(pgmap);
	return ret;
}

static int no_type(struct repro *r)
{
	struct dev_pagemap *pgmap = new_pgmap(r, 1);
	void *addr;

	if (!pgmap)
		return -ENOMEM;
	pgmap->type = 99;
	addr = memremap_pages(pgmap, NUMA_NO_NODE);
	r->error = PTR_ERR_OR_ZERO(addr);
	if (!r->error)
		memunmap_pages(pgmap);
	snprintf(r->said, sizeof(r->said), "type %d: %lld", pgmap->type,
		 r->error);
	kfree(pgmap);
	return 0;
}

static long repro_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct repro *r = memdup_user((void __user *)arg, sizeof(*r));
	long ret = -ENOTTY;

	if (IS_ERR(r))
		return PTR_ERR(r);
	switch (cmd) {
	case REPRO_ALIAS:
		ret = alias(r);
		break;
	case REPRO_WT:
		ret = wt(r);
		break;
	case REPRO_TWO:
		ret = two(r);
		break;
	case REPRO_TYPE:
		ret = no_type(r);
		break;
	}
	if (copy_to_user((void __user *)arg, r, sizeof(*r)))
		ret = -EFAULT;
	kfree(r);
	return ret;
}

static const struct file_operations repro_fops = {
	.owner = THIS_MODULE,
	.unlocked_ioctl = repro_ioctl,
};

static struct miscdevice repro_misc = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "pgmap_repro",
	.fops = &repro_fops,
};
module_misc_device(repro_misc);

MODULE_DESCRIPTION("Shows bugs of memremap_pages() and the page insert helpers");
MODULE_LICENSE("GPL");
