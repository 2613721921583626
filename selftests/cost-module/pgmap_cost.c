// SPDX-License-Identifier: GPL-2.0
/*
 * What only drivers call, for ../cost.c. It is built for the base and for the series, so
 * it uses nothing that the series adds. mmap() of /dev/pgmap_cost maps ordinary pages by
 * vm_insert_pages(). write() of an address, a size and flags of hmm_range_fault() calls
 * that. read() gives the nanoseconds that the last of these calls took.
 */
#include <linux/hmm.h>
#include <linux/ktime.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/mmu_notifier.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

static u64 cost_ns;

static bool cost_invalidate(struct mmu_interval_notifier *notifier,
			    const struct mmu_notifier_range *range, unsigned long seq)
{
	mmu_interval_set_seq(notifier, seq);
	return true;
}

static const struct mmu_interval_notifier_ops cost_notifier_ops = {
	.invalidate = cost_invalidate,
};

static ssize_t cost_write(struct file *file, const char __user *buf, size_t size, loff_t *pos)
{
	struct {
		u64 addr, size, flags;
	} arg;
	struct mmu_interval_notifier notifier;
	struct hmm_range range = { .notifier = &notifier };
	unsigned long nr, i;
	int ret;

	if (size != sizeof(arg) || copy_from_user(&arg, buf, sizeof(arg)))
		return -EINVAL;
	nr = arg.size >> PAGE_SHIFT;
	range.start = arg.addr;
	range.end = arg.addr + arg.size;
	range.default_flags = arg.flags;
	range.hmm_pfns = kvcalloc(nr, sizeof(*range.hmm_pfns), GFP_KERNEL);
	if (!range.hmm_pfns)
		return -ENOMEM;
	ret = mmu_interval_notifier_insert(&notifier, current->mm, arg.addr, arg.size,
					   &cost_notifier_ops);
	if (ret)
		goto out;
	range.notifier_seq = mmu_interval_read_begin(&notifier);

	mmap_read_lock(current->mm);
	cost_ns = ktime_get_ns();
	ret = hmm_range_fault(&range);
	cost_ns = ktime_get_ns() - cost_ns;
	mmap_read_unlock(current->mm);

	mmu_interval_notifier_remove(&notifier);
	/* It has to have found a page everywhere, and one that it may write to. */
	for (i = 0; i < nr && !ret; i++)
		if (!(range.hmm_pfns[i] & HMM_PFN_WRITE))
			ret = -ENODATA;
out:
	kvfree(range.hmm_pfns);
	return ret ?: size;
}

static int cost_mmap(struct file *file, struct vm_area_struct *vma)
{
	unsigned long nr = vma_pages(vma), i;
	struct page **pages;
	int ret = -ENOMEM;

	pages = kvcalloc(nr, sizeof(*pages), GFP_KERNEL);
	if (!pages)
		return -ENOMEM;
	for (i = 0; i < nr; i++) {
		pages[i] = alloc_page(GFP_KERNEL | __GFP_ZERO);
		if (!pages[i])
			goto out;
	}
	i = nr;
	cost_ns = ktime_get_ns();
	ret = vm_insert_pages(vma, vma->vm_start, pages, &i);
	cost_ns = ktime_get_ns() - cost_ns;
	i = nr;
out:
	while (i--)
		put_page(pages[i]);
	kvfree(pages);
	return ret;
}

static ssize_t cost_read(struct file *file, char __user *buf, size_t size, loff_t *pos)
{
	return simple_read_from_buffer(buf, size, pos, &cost_ns, sizeof(cost_ns));
}

static const struct file_operations cost_fops = {
	.owner = THIS_MODULE,
	.read = cost_read,
	.write = cost_write,
	.mmap = cost_mmap,
};

static struct miscdevice cost_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "pgmap_cost",
	.fops = &cost_fops,
};

module_misc_device(cost_device);
MODULE_DESCRIPTION("What calls of drivers cost for ordinary memory");
MODULE_LICENSE("GPL");
