/* SPDX-License-Identifier: GPL-2.0 */
/* Macros as spatch 1.1.1 has to see them to read the files, see patch/coccicheck. */
#define scoped_guard(name, ...) YACFE_ITERATOR
#define drm_exec_until_all_locked(exec) YACFE_ITERATOR
#define DEFINE_PER_CPU(type, name) type name
#define DEFINE_PER_CPU_ALIGNED(type, name) type name
#define DECLARE_PER_CPU(type, name) extern type name
#define __aligned(x)
#define __cond_acquires(x, y)
#define __context_unsafe(comment)
#define __ro_after_init
#define __section(x)
#define __visible
