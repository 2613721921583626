// SPDX-License-Identifier: GPL-2.0
/*
 * A prefetchable BAR as memory of user space: write-combining, with struct pages. The
 * driver is for QEMU's ivshmem; see Documentation/using.rst.
 */
#include <linux/anon_inodes.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/kref.h>
#include <linux/memremap.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/pagemap.h>
#include <linux/pci.h>
#include <linux/rwsem.h>
#include <linux/slab.h>

#define BAR	2

struct bar {
	struct kref kref;		/* of the device, and of open files */
	struct file *file;		/* its inode has all user mappings */
	struct rw_semaphore users;	/* page faults read, removal writes */
	bool gone;
	struct miscdevice misc;
	struct dev_pagemap pgmap;
};

static void bar_release(struct kref *kref)
{
	struct bar *bar = container_of(kref, struct bar, kref);

	if (bar->file)
		fput(bar->file);
	kfree(bar);
}

/* ---- user mappings ---- */

static unsigned long bar_pages(const struct bar *bar)
{
	return PHYS_PFN(range_len(&bar->pgmap.range));
}

static struct page *bar_page(const struct bar *bar, unsigned long i)
{
	return pfn_to_page(PHYS_PFN(bar->pgmap.range.start) + i);
}

static vm_fault_t bar_fault(struct vm_fault *vmf)
{
	struct bar *bar = vmf->vma->vm_file->private_data;
	bool write = vmf->flags & FAULT_FLAG_WRITE;
	vm_fault_t ret = VM_FAULT_SIGBUS;

	down_read(&bar->users);
	/* The entry is write-combining, whatever vm_page_prot says. */
	if (!bar->gone && vmf->pgoff < bar_pages(bar))
		ret = vmf_insert_page_mkwrite(vmf, bar_page(bar, vmf->pgoff),
					      write);
	up_read(&bar->users);
	return ret;
}

static const struct vm_operations_struct bar_vm_ops = {
	.fault = bar_fault,
};

static int bar_mmap(struct file *file, struct vm_area_struct *vma)
{
	if (!(vma->vm_flags & VM_MAYSHARE))
		return -EINVAL;
	vm_flags_set(vma, VM_DONTEXPAND | VM_DONTDUMP);
	vma->vm_ops = &bar_vm_ops;
	return 0;
}

static int bar_open(struct inode *inode, struct file *file)
{
	struct bar *bar = container_of(file->private_data, struct bar, misc);

	kref_get(&bar->kref);
	file->private_data = bar;
	/* One mapping for all files, so that removal finds all entries. */
	file->f_mapping = bar->file->f_mapping;
	return 0;
}

static int bar_close(struct inode *inode, struct file *file)
{
	struct bar *bar = file->private_data;

	kref_put(&bar->kref, bar_release);
	return 0;
}

static const struct file_operations bar_fops = {
	.owner = THIS_MODULE,
	.open = bar_open,
	.release = bar_close,
	.mmap = bar_mmap,
};

/* Without an owner: the file lives as long as the device, not the other way round. */
static const struct file_operations bar_inode_fops = { };

/* ---- the device ---- */

static void bar_put(void *data)
{
	struct bar *bar = data;

	kref_put(&bar->kref, bar_release);
}

/* The owner has a reference on each page as long as the device is bound. */
static void bar_hand_out_pages(struct bar *bar)
{
	unsigned long i;

	for (i = 0; i < bar_pages(bar); i++) {
		zone_device_page_init(bar_page(bar, i), &bar->pgmap, 0);
		unlock_page(bar_page(bar, i));
	}
}

static void bar_put_pages(void *data)
{
	struct bar *bar = data;
	unsigned long i;

	for (i = 0; i < bar_pages(bar); i++)
		put_page(bar_page(bar, i));
}

static int bar_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct bar *bar;
	void *addr;
	int ret;

	if (!(pci_resource_flags(pdev, BAR) & IORESOURCE_PREFETCH))
		return -ENODEV;
	ret = pcim_enable_device(pdev);
	if (!ret)
		ret = pcim_request_region(pdev, BAR, KBUILD_MODNAME);
	if (ret)
		return ret;

	bar = kzalloc_obj(*bar);
	if (!bar)
		return -ENOMEM;
	kref_init(&bar->kref);
	init_rwsem(&bar->users);
	/* First, so that it is the last that is undone: it has the pgmap. */
	ret = devm_add_action_or_reset(&pdev->dev, bar_put, bar);
	if (ret)
		return ret;
	bar->file = anon_inode_create_getfile(KBUILD_MODNAME, &bar_inode_fops,
					      NULL, O_RDWR, NULL);
	if (IS_ERR(bar->file)) {
		ret = PTR_ERR(bar->file);
		bar->file = NULL;
		return ret;
	}

	bar->pgmap.type = MEMORY_DEVICE_HOST;
	bar->pgmap.attr = PGMAP_ATTR_WC;
	bar->pgmap.nr_range = 1;
	bar->pgmap.range.start = pci_resource_start(pdev, BAR);
	bar->pgmap.range.end = pci_resource_end(pdev, BAR);
	/* Write-combining, or an error: the log says which and why. */
	addr = devm_memremap_pages(&pdev->dev, &bar->pgmap);
	if (IS_ERR(addr))
		return PTR_ERR(addr);
	bar_hand_out_pages(bar);
	/* Before devm_memremap_pages() waits for them. */
	ret = devm_add_action_or_reset(&pdev->dev, bar_put_pages, bar);
	if (ret)
		return ret;

	bar->misc.minor = MISC_DYNAMIC_MINOR;
	bar->misc.name = devm_kasprintf(&pdev->dev, GFP_KERNEL, "bar-%s",
					pci_name(pdev));
	if (!bar->misc.name)
		return -ENOMEM;
	bar->misc.fops = &bar_fops;
	bar->misc.parent = &pdev->dev;
	pci_set_drvdata(pdev, bar);
	return misc_register(&bar->misc);
}

static void bar_remove(struct pci_dev *pdev)
{
	struct bar *bar = pci_get_drvdata(pdev);

	misc_deregister(&bar->misc);
	/* From here on a page fault is SIGBUS. */
	down_write(&bar->users);
	bar->gone = true;
	up_write(&bar->users);
	unmap_mapping_range(bar->file->f_mapping, 0, 0, 1);
	/*
	 * Nobody can pin write-combining memory, so the references of the owner are the
	 * last ones. devres drops them, and then memunmap_pages() need not wait.
	 */
}

static const struct pci_device_id bar_ids[] = {
	{ PCI_DEVICE(PCI_VENDOR_ID_REDHAT_QUMRANET, 0x1110) },
	{ }
};
MODULE_DEVICE_TABLE(pci, bar_ids);

static struct pci_driver bar_driver = {
	.name = KBUILD_MODNAME,
	.id_table = bar_ids,
	.probe = bar_probe,
	.remove = bar_remove,
};
module_pci_driver(bar_driver);

MODULE_DESCRIPTION("Example of memremap_pages() for a PCI BAR");
MODULE_LICENSE("GPL");
