# SPDX-License-Identifier: GPL-2.0
# The end of the tiny kernel's Makefile: the targets that scripts/build calls.
KCONFIG_CONFIG ?= $(O)/.config
.PHONY: all bzImage modules modules_install headers_install
bzImage:
	@if [ "$$TINY_BROKEN" = y ]; then echo 'mm/memremap.c:7:1: error: broken on purpose'; exit 1; fi
	@if [ -n "$$TINY_BROKEN" ]; then echo "$$TINY_BROKEN"; exit 1; fi
	@mkdir -p $(O)/arch/x86/boot $(O)/include/config
	@echo built >> $(O)/arch/x86/boot/bzImage
	@echo 7.3.4$(LOCALVERSION) > $(O)/include/config/kernel.release
	@echo '  CC      mm/memremap.o'
modules:
	@[ -f $(O)/modules.order ] || echo lib/test.ko > $(O)/modules.order
modules_install:
	@mkdir -p $(INSTALL_MOD_PATH)/lib/modules/7.3.4$(LOCALVERSION)
headers_install:
	@mkdir -p $(INSTALL_HDR_PATH)/include
