# SPDX-License-Identifier: GPL-2.0
# make -f objects.mk -C TREE CONFIG=auto.conf DIR=mm [folders]: the objects that the
# configuration has of this folder, as its Makefile says (Kbuild would compile any file by
# its name); or the folders that Kbuild goes to from this one.
include $(CONFIG)
BITS := $(if $(CONFIG_64BIT),64,32)
srctree := .
src := $(DIR)
obj := $(DIR)
include $(firstword $(wildcard $(DIR)/Kbuild $(DIR)/Makefile))
objects := $(obj-y) $(obj-m) $(lib-y) $(lib-m)
objects += $(foreach o,$(objects),$($(o:.o=-objs)) $($(o:.o=-y)) $($(o:.o=-m)))
.DEFAULT_GOAL := objects-of-the-folder
.PHONY: objects-of-the-folder folders
objects-of-the-folder:
	@printf '%s\n' $(filter %.o,$(objects))
folders:
	@printf '%s\n' $(patsubst %/,%,$(filter %/,$(obj-y) $(obj-m)))
