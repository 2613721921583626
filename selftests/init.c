// SPDX-License-Identifier: GPL-2.0
/*
 * The guest's init. It does what /plan says, which selftests/guest packs beside it: runs
 * the tests one after the other, each with its modules, settings and time limit, and
 * sends their results as one KTAP document to the virtio-serial port
 * org.kernel.results. The last line there is the verdict. The console is for the kernel.
 *
 * Only nolibc, and nothing that depends on the architecture.
 *
 * /plan, a directive a line:
 *   set NAME VALUE                       an environment variable for all tests
 *   bar NAME VENDOR DEVICE BAR FROM TO   the BAR of such a PCI device that lies in FROM..TO:
 *                                        sets NAME=start,size and NAME_DEV=sysfs folder
 *   disk NAME SECTORS                    the disk of that size: sets NAME=/dev/...
 *   plan N                               that many tests follow
 *   test NAME                            begins a test; those below are of that test
 *   seconds N                            its time limit
 *   env NAME=VALUE
 *   load FILE [PARAMETER...]             a module; unloaded when the test has ended
 *   write FILE VALUE                     a setting; the old value comes back afterwards
 *   swap DEVICE                          is swapped to, during the test
 *   mount DEVICE [FOLDER]                its ext4 is at /mnt, or there, during the test
 *   run PROGRAM [ARGUMENT...]            the program, or init:panic and the like (builtin())
 *   skip REASON | fail REASON            instead of running anything
 *   kmemleak                             a test of its own: has anything leaked?
 * $NAME in what follows a directive is a variable's value.
 */
#include "nolibc.h"

#define PORT "org.kernel.results"
#define SINK "org.kernel.sink"	/* for tests: nobody reads what is written there */
#define GRACE 10	/* seconds that a killed process may take to go */

static int port = -1;	/* where the results go */
static int number;	/* of the test that runs */

static char *env[128] = { "PATH=/bin:/sbin", "HOME=/", "TERM=linux" };

static long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void write_all(int fd, const char *s, size_t len)
{
	while (len) {
		ssize_t n = write(fd, s, len);

		if (n <= 0)
			return;
		s += n;
		len -= n;
	}
}

/* To the port, or to the console when there is none. */
static __attribute__((format(printf, 1, 2))) void emit(const char *fmt, ...)
{
	static char buf[8192];
	va_list args;
	int n;

	va_start(args, fmt);
	n = vsnprintf(buf, sizeof(buf), fmt, args);
	va_end(args);
	if (n >= (int)sizeof(buf))
		n = sizeof(buf) - 1;
	write_all(port >= 0 ? port : 1, buf, n);
}

/* To the kernel log: there it stands between the kernel's own lines. */
static __attribute__((format(printf, 1, 2))) void note(const char *fmt, ...)
{
	static char buf[512] = "<6>init: ";
	static int fd = -1;
	va_list args;
	int n;

	if (fd < 0)
		fd = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);
	va_start(args, fmt);
	n = 9 + vsnprintf(buf + 9, sizeof(buf) - 9, fmt, args);
	va_end(args);
	if (n >= (int)sizeof(buf))
		n = sizeof(buf) - 1;
	write_all(fd >= 0 ? fd : 1, buf, n);
}

static __attribute__((noreturn)) void power_off(void)
{
	reboot(LINUX_REBOOT_CMD_RESTART);	/* QEMU has -no-reboot */
	for (;;)
		sleep(1);
}

static __attribute__((noreturn)) void give_up(const char *what)
{
	note("cannot go on: %s: errno %d\n", what, errno);
	power_off();
}

/* The first bytes of a file as a string without its newline; NULL if unreadable. */
static char *slurp(const char *path, char *buf, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n, len = 0;

	if (fd < 0)
		return NULL;
	while (len < (ssize_t)size - 1 && (n = read(fd, buf + len, size - 1 - len)) > 0)
		len += n;
	close(fd);
	while (len && buf[len - 1] == '\n')
		len--;
	buf[len] = 0;
	return buf;
}

static int spew(const char *path, const char *value)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return -errno;
	n = write(fd, value, strlen(value));
	close(fd);
	return n < 0 ? -errno : 0;
}

/* Cuts the next word off *s; NULL at the end of the line. */
static char *word(char **s)
{
	char *w;

	while (**s == ' ' || **s == '\t')
		(*s)++;
	if (!**s)
		return NULL;
	w = *s;
	while (**s && **s != ' ' && **s != '\t')
		(*s)++;
	if (**s)
		*(*s)++ = 0;
	return w;
}

static char *variable(const char *name, size_t len)
{
	for (int i = 0; env[i]; i++)
		if (!strncmp(env[i], name, len) && env[i][len] == '=')
			return env[i] + len + 1;
	return NULL;
}

static void set_variable(const char *name, const char *value)
{
	size_t size = strlen(name) + strlen(value) + 2;
	char *s = malloc(size);
	int i;

	for (i = 0; env[i]; i++)
		if (!strncmp(env[i], name, strlen(name)) && env[i][strlen(name)] == '=')
			break;
	if (!s || i >= 126)
		give_up("too many variables");
	snprintf(s, size, "%s=%s", name, value);
	env[i] = s;
}

static int is_name(char c)
{
	return c == '_' || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* Puts the values of $NAMEs in; returns NULL and names the one that is not set. */
static char *expand(const char *s, const char **unset)
{
	static char name[64];
	char *out = malloc(2048), *o = out;

	if (!out)
		give_up("no memory");
	while (*s && o < out + 2047) {
		size_t len = 0;
		char *value;

		if (*s != '$') {
			*o++ = *s++;
			continue;
		}
		s++;
		while (is_name(s[len]) && len < sizeof(name) - 1)
			len++;
		value = variable(s, len);
		if (!value) {
			memcpy(name, s, len);
			name[len] = 0;
			*unset = name;
			free(out);
			return NULL;
		}
		if (strlen(value) > (size_t)(out + 2047 - o))
			give_up("a line of the plan is too long");
		memcpy(o, value, strlen(value));
		o += strlen(value);
		s += len;
	}
	*o = 0;
	return out;
}

/* --- what the guest has ------------------------------------------------- */

static void try_mount(const char *type, const char *where, const char *options)
{
	mkdir(where, 0755);
	/* what a kernel does not have, the test that needs it will say */
	if (mount(type, where, type, 0, options) && errno != EBUSY && errno != ENODEV)
		note("no %s on %s: errno %d\n", type, where, errno);
}

static void mounts(void)
{
	try_mount("proc", "/proc", NULL);
	try_mount("sysfs", "/sys", NULL);
	try_mount("devtmpfs", "/dev", NULL);
	try_mount("tmpfs", "/tmp", NULL);
	try_mount("tmpfs", "/dev/shm", NULL);
	try_mount("debugfs", "/sys/kernel/debug", NULL);
	try_mount("cgroup2", "/sys/fs/cgroup", NULL);
	try_mount("hugetlbfs", "/dev/hugepages", NULL);
	symlink("/proc/self/fd", "/dev/fd");
}

static void limits(void)
{
	struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };
	struct rlimit none = { 0, 0 };

	setrlimit(RLIMIT_MEMLOCK, &all);
	setrlimit(RLIMIT_CORE, &none);
}

/* Ours, and one for tests: sets SINK=/dev/... */
static void find_ports(void)
{
	char path[320], name[64];
	struct dirent entry, *e;
	DIR *d = opendir("/sys/class/virtio-ports");

	if (!d)
		give_up("no virtio-serial port");
	while (!readdir_r(d, &entry, &e) && e) {
		snprintf(path, sizeof(path), "/sys/class/virtio-ports/%s/name", e->d_name);
		if (!slurp(path, name, sizeof(name)))
			continue;
		snprintf(path, sizeof(path), "/dev/%s", e->d_name);
		if (!strcmp(name, PORT))
			port = open(path, O_WRONLY | O_CLOEXEC);
		else if (!strcmp(name, SINK))
			set_variable("SINK", path);
	}
	closedir(d);
	if (port < 0)
		give_up("no port " PORT);
}

/* strtol() of nolibc is signed: half of the physical addresses is enough */
static unsigned long number_of(const char *s)
{
	return s ? strtol(s, NULL, 0) : 0;
}

static void find_bar(char *line)
{
	char *name = word(&line), *vendor = word(&line), *device = word(&line);
	unsigned long bar = number_of(word(&line));
	unsigned long from = number_of(word(&line)), to = number_of(word(&line));
	unsigned long size = number_of(word(&line));
	struct dirent entry, *e;
	char path[320], buf[1024];
	DIR *d = opendir("/sys/bus/pci/devices");

	if (!d || !to)
		return;
	while (!readdir_r(d, &entry, &e) && e) {
		unsigned long start, end;
		char *s = buf, var[80];

		snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/vendor", e->d_name);
		if (!slurp(path, buf, sizeof(buf)) || strcmp(buf, vendor))
			continue;
		snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/device", e->d_name);
		if (!slurp(path, buf, sizeof(buf)) || strcmp(buf, device))
			continue;
		snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/resource", e->d_name);
		if (!slurp(path, buf, sizeof(buf)))
			continue;
		for (unsigned long i = 0; i < bar && s; i++) {
			s = strchr(s, '\n');
			if (s)
				s++;
		}
		if (!s)
			continue;
		start = number_of(word(&s));
		end = number_of(word(&s));
		if (!end || start < from || end > to || variable(name, strlen(name)) ||
		    (size && end + 1 - start != size))
			continue;
		snprintf(buf, sizeof(buf), "0x%lx,0x%lx", start, end + 1 - start);
		set_variable(name, buf);
		note("%s is %s of %s\n", name, buf, e->d_name);
		/* firmware may leave a device off that it has no use for */
		snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/driver", e->d_name);
		if (access(path, F_OK)) {
			snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/enable", e->d_name);
			spew(path, "1");
		}
		snprintf(var, sizeof(var), "%s_DEV", name);
		snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s", e->d_name);
		set_variable(var, path);
	}
	closedir(d);
}

/* By its size, for the names of disks depend on who is probed first. */
static void find_disk(char *line)
{
	char *name = word(&line), *sectors = word(&line), path[320], buf[64];
	struct dirent entry, *e;

	/* it may still be on its way */
	for (int i = 0; i < 50 && sectors; i++) {
		DIR *d = opendir("/sys/block");

		while (d && !readdir_r(d, &entry, &e) && e) {
			snprintf(path, sizeof(path), "/sys/block/%s/size", e->d_name);
			if (!slurp(path, buf, sizeof(buf)) || strcmp(buf, sectors))
				continue;
			snprintf(path, sizeof(path), "/dev/%s", e->d_name);
			if (access(path, F_OK))
				continue;
			set_variable(name, path);
			note("%s is %s\n", name, path);
			closedir(d);
			return;
		}
		if (d)
			closedir(d);
		usleep(100000);
	}
}

/* --- one test ----------------------------------------------------------- */

struct test {
	char *name;
	int seconds;
	char *argv[64];
	char *skip;		/* why it is not run */
	char failed[256];	/* why it failed */
	int builtin;
	int vars;		/* how many of env[] were there before the test's own */
	char *env_before[128];
	char *modules[16];
	int nr_modules;
	char *settings[32][2];	/* a file and its old value */
	int nr_settings;
	char *swap;
	char *mounts[4];	/* folders */
	int nr_mounts;
	/* the output */
	char line[4096];
	size_t len;
	int tap;		/* the version line has been seen */
	char reason[256];	/* of the last SKIP, or the last line of plain output */
};

static __attribute__((format(printf, 2, 3))) void fail(struct test *t, const char *fmt, ...)
{
	va_list args;

	if (t->failed[0])
		return;		/* the first reason is the cause */
	va_start(args, fmt);
	vsnprintf(t->failed, sizeof(t->failed), fmt, args);
	va_end(args);
}

/* A directive's text with its variables; a missing one fails the test. */
static char *text(struct test *t, const char *s)
{
	const char *unset = NULL;
	char *out = expand(s, &unset);

	if (!out)
		fail(t, "$%s is not set: the guest does not have that device or memory", unset);
	return out;
}

/*
 * One line that the program printed. Its KTAP becomes the nested block of this test, so
 * its version line is replaced by one with the name, and what comes before is a comment.
 */
static void output_line(struct test *t)
{
	char *skip;

	t->line[t->len] = 0;
	t->len = 0;
	for (char *c = t->line; *c; c++)
		if ((unsigned char)*c < ' ' && *c != '\t')
			*c = *c == '\r' ? ' ' : '?';
	if (!t->line[0])
		return;
	if (!strncmp(t->line, "TAP version ", 12) || !strncmp(t->line, "KTAP version ", 13)) {
		if (t->tap)
			emit("  # %s\n", t->line);
		else
			emit("  KTAP version 1\n  # Subtest: %s\n", t->name);
		t->tap = 1;
		return;
	}
	emit(t->tap ? "  %s\n" : "  # %s\n", t->line);
	skip = strstr(t->line, "# SKIP ");
	if (skip)
		strlcpy(t->reason, skip + 7, sizeof(t->reason));
	else if (!t->tap)
		strlcpy(t->reason, t->line, sizeof(t->reason));
}

static void output(struct test *t, const char *buf, ssize_t n)
{
	for (ssize_t i = 0; i < n; i++) {
		if (buf[i] == '\n' || t->len == sizeof(t->line) - 1)
			output_line(t);
		if (buf[i] != '\n')
			t->line[t->len++] = buf[i];
	}
}

static __attribute__((noreturn)) void become(struct test *t, int out)
{
	char folder[256];
	char *slash;
	int null = open("/dev/null", O_RDONLY);

	setsid();
	dup2(null, 0);
	dup2(out, 1);
	dup2(out, 2);
	strlcpy(folder, t->argv[0], sizeof(folder));
	slash = strrchr(folder, '/');
	if (slash) {
		*slash = 0;
		chdir(folder);
	}
	execve(t->argv[0], t->argv, env);
	printf("cannot run %s: errno %d\n", t->argv[0], errno);
	_exit(127);
}

/* For the tests of the harness: what can go wrong in a guest, without help from a kernel. */
static void builtin(struct test *t)
{
	char *what = t->argv[0] + 5;

	if (!strcmp(what, "panic")) {
		_exit(1);	/* init must not */
	} else if (!strcmp(what, "poweroff")) {
		power_off();
	} else if (!strcmp(what, "hang")) {
		for (;;)
			sleep(1000);
	} else if (!strcmp(what, "kmsg")) {
		char msg[512] = "<4>";
		int fd = open("/dev/kmsg", O_WRONLY);

		for (int i = 1; t->argv[i]; i++) {
			strlcat(msg, t->argv[i], sizeof(msg) - 1);
			strlcat(msg, t->argv[i + 1] ? " " : "\n", sizeof(msg));
		}
		write_all(fd, msg, strlen(msg));
		close(fd);
	} else if (!strcmp(what, "ktap")) {
		/* each argument is a line, with _ for a blank */
		for (int i = 1; t->argv[i]; i++) {
			for (char *c = t->argv[i]; *c; c++)
				if (*c == '_')
					*c = ' ';
			output(t, t->argv[i], strlen(t->argv[i]));
			output(t, "\n", 1);
		}
	} else if (!strcmp(what, "fail")) {
		fail(t, "as asked");
	} else {
		fail(t, "no such builtin: %s", what);
	}
}

/* Reaps all that has ended. Returns 1 if nobody is left; keeps the status of pid. */
static int reap(pid_t pid, int *status)
{
	int s;

	for (;;) {
		pid_t p = waitpid(-1, &s, WNOHANG);

		if (p == 0)
			return 0;
		if (p < 0)
			return 1;
		if (p == pid)
			*status = s;
	}
}

static void execute(struct test *t)
{
	static int stuck;	/* some test's process is for ever in the kernel */
	long deadline = now_ms() + t->seconds * 1000L, killed = 0;
	int pipefd[2], status = -1, timed_out = 0;
	char buf[4096];
	pid_t pid;

	if (access(t->argv[0], F_OK)) {
		fail(t, "%s is not in the guest", t->argv[0]);
		return;
	}
	if (pipe2(pipefd, O_CLOEXEC)) {
		fail(t, "pipe: errno %d", errno);
		return;
	}
	pid = fork();
	if (pid < 0) {
		fail(t, "fork: errno %d", errno);
		return;
	}
	if (!pid)
		become(t, pipefd[1]);
	close(pipefd[1]);

	/*
	 * Nothing else runs here, and the programs change their process groups: so the
	 * end of a test is the end of every process, whatever it has left behind.
	 */
	for (int gone = 0, eof = 0; !gone || !eof;) {
		struct pollfd p = { .fd = pipefd[0], .events = POLLIN };
		long now = now_ms();

		if (!eof && poll(&p, 1, 50) > 0) {
			ssize_t n = read(pipefd[0], buf, sizeof(buf));

			if (n > 0)
				output(t, buf, n);
			else
				eof = 1;
		} else if (eof) {
			usleep(20000);
		}
		gone = reap(pid, &status);
		if (stuck && status != -1 && killed && now > killed + 200)
			gone = eof = 1;
		if (!killed && (status != -1 || now >= deadline)) {
			timed_out = status == -1;
			killed = now;
			kill(-1, SIGKILL);
		}
		if (killed && now > killed + GRACE * 1000) {
			fail(t, "%sprocesses are left that cannot be killed",
			     timed_out ? "timed out, and " : "");
			stuck = 1;
			break;
		}
	}
	close(pipefd[0]);
	if (t->len)
		output_line(t);

	if (timed_out)
		fail(t, "timed out after %d s", t->seconds);
	else if (status == -1)
		return;
	else if (WTERMSIG(status))	/* nolibc's WIFSIGNALED(0) is true */
		fail(t, "killed by signal %d", WTERMSIG(status));
	else if (WEXITSTATUS(status) == 4)
		t->skip = t->reason[0] ? t->reason : "no reason given";
	else if (WEXITSTATUS(status))
		fail(t, "exit code %d", WEXITSTATUS(status));
}

static void load(struct test *t, char *line)
{
	char *file = word(&line), *name, *params;
	int fd;

	params = text(t, line);
	if (!params || t->failed[0])
		return;
	fd = open(file, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || syscall(__NR_finit_module, fd, params, 0)) {
		fail(t, "cannot load %s %s: errno %d", file, params, errno);
	} else {
		name = strrchr(file, '/');
		name = strdup(name ? name + 1 : file);
		if (strchr(name, '.'))
			*strchr(name, '.') = 0;
		if (t->nr_modules < 16)
			t->modules[t->nr_modules++] = name;
	}
	if (fd >= 0)
		close(fd);
	free(params);
}

static void unload(struct test *t)
{
	while (t->nr_modules--) {
		char *name = t->modules[t->nr_modules];
		int ret = -1;

		for (char *c = name; *c; c++)
			if (*c == '-')
				*c = '_';
		for (int i = 0; i < 20 && ret; i++) {
			ret = syscall(__NR_delete_module, name, O_NONBLOCK);
			if (ret)
				usleep(100000);
		}
		if (ret)
			fail(t, "cannot unload %s: errno %d", name, errno);
	}
	t->nr_modules = 0;
}

static void setting(struct test *t, char *line)
{
	char *file = word(&line), *value, old[256] = "", *from, *to;
	int ret;

	value = text(t, line);
	if (!value)
		return;
	slurp(file, old, sizeof(old));
	/* sysfs shows a choice as "always [madvise] never" */
	from = strchr(old, '[');
	to = from ? strchr(from, ']') : NULL;
	if (to) {
		*to = 0;
		memmove(old, from + 1, strlen(from + 1) + 1);
	}
	ret = spew(file, value);
	if (ret)
		fail(t, "cannot write %s to %s: errno %d", value, file, -ret);
	else if (t->nr_settings < 32) {
		t->settings[t->nr_settings][0] = strdup(file);
		t->settings[t->nr_settings++][1] = strdup(old);
	}
	free(value);
}

static void unset(struct test *t)
{
	while (t->nr_settings--) {
		char **s = t->settings[t->nr_settings];

		if (spew(s[0], s[1]))
			fail(t, "cannot write %s back to %s", s[1], s[0]);
	}
	t->nr_settings = 0;
}

static void swap(struct test *t, char *line)
{
	t->swap = text(t, line);
	if (t->swap && syscall(__NR_swapon, t->swap, 0)) {
		fail(t, "cannot swap to %s: errno %d", t->swap, errno);
		t->swap = NULL;
	}
}

static void mount_disk(struct test *t, char *line)
{
	char *device = word(&line), *folder = word(&line);

	device = text(t, device ? device : "");
	if (!device)
		return;
	if (!folder)
		folder = "/mnt";
	mkdir(folder, 0755);
	if (t->nr_mounts == 4 || mount(device, folder, "ext4", 0, NULL))
		fail(t, "cannot mount %s: errno %d", device, errno);
	else
		t->mounts[t->nr_mounts++] = folder;
}

static void environment(struct test *t, char *line)
{
	char *value = strchr(line, '='), *s;

	if (!value)
		return;
	*value++ = 0;
	s = text(t, value);
	if (s)
		set_variable(line, s);
}

static void run(struct test *t, char *line)
{
	int n = 0;
	char *w;

	while ((w = word(&line)) && n < 63)
		t->argv[n++] = text(t, w);
	t->argv[n] = NULL;
	if (t->failed[0] || !n)
		return;
	if (!strncmp(t->argv[0], "init:", 5))
		builtin(t);
	else
		execute(t);
}

static void end(struct test *t, long start)
{
	long ms = now_ms() - start;

	unload(t);
	unset(t);
	if (t->swap && syscall(__NR_swapoff, t->swap))
		fail(t, "cannot stop swapping to %s: errno %d", t->swap, errno);
	while (t->nr_mounts--)
		if (umount2(t->mounts[t->nr_mounts], 0))
			fail(t, "cannot unmount %s: errno %d", t->mounts[t->nr_mounts], errno);
	memcpy(env, t->env_before, sizeof(env));

	emit("# time %s %ld.%ld\n", t->name, ms / 1000, ms % 1000 / 100);
	if (t->failed[0]) {
		emit("# failed %s: %s\n", t->name, t->failed);
		emit("not ok %d %s\n", number, t->name);
	} else if (t->skip) {
		emit("ok %d %s # SKIP %s\n", number, t->name, t->skip);
	} else {
		emit("ok %d %s\n", number, t->name);
	}
	note("end of %s: %s\n", t->name,
	     t->failed[0] ? t->failed : t->skip ? "skipped" : "ok");
}

/*
 * kmemleak reports what it has not found in two scans and is older than 5 seconds.
 */
static void kmemleak(void)
{
	static const char file[] = "/sys/kernel/debug/kmemleak";
	static char buf[65536];
	long start = now_ms();
	char *leak = buf, *next;

	number++;
	note("test kmemleak\n");
	if (spew(file, "scan")) {
		emit("ok %d kmemleak # SKIP the kernel is built without kmemleak\n", number);
		return;
	}
	sleep(5);
	spew(file, "scan");
	if (!slurp(file, buf, sizeof(buf)))
		strcpy(buf, "cannot read kmemleak");
	for (; *leak; leak = next) {
		next = strchr(leak, '\n');
		if (next)
			*next++ = 0;
		else
			next = "";
		emit("# %s\n", leak);
	}
	emit("# time kmemleak %ld.%ld\n", (now_ms() - start) / 1000, (now_ms() - start) % 1000 / 100);
	emit("%sok %d kmemleak\n", buf[0] ? "not " : "", number);
}

/* --- the plan ----------------------------------------------------------- */

static void follow_plan(void)
{
	static struct test t;
	static char plan[65536];
	char *next, *line;
	int tests = 0;
	long start = 0;

	if (!slurp("/plan", plan, sizeof(plan)))
		give_up("no /plan");
	if (strlen(plan) == sizeof(plan) - 1)
		give_up("/plan is too long");
	for (line = plan; *line; line = next) {
		char *verb;

		next = strchr(line, '\n');
		if (next)
			*next++ = 0;
		else
			next = "";
		verb = word(&line);
		if (!verb)
			continue;

		if (t.name && (!strcmp(verb, "test") || !strcmp(verb, "kmemleak"))) {
			end(&t, start);
			t.name = NULL;
		}
		if (!strcmp(verb, "set")) {
			char *name = word(&line);

			set_variable(name, line);
		} else if (!strcmp(verb, "bar")) {
			find_bar(line);
		} else if (!strcmp(verb, "disk")) {
			find_disk(line);
		} else if (!strcmp(verb, "plan")) {
			tests = number_of(line);
			emit("KTAP version 1\n1..%d\n", tests);
		} else if (!strcmp(verb, "kmemleak")) {
			kmemleak();
		} else if (!strcmp(verb, "test")) {
			memset(&t, 0, sizeof(t));
			t.name = line;
			t.seconds = 60;
			memcpy(t.env_before, env, sizeof(env));
			start = now_ms();
			number++;
			note("test %s\n", t.name);
		} else if (!t.name) {
			note("%s before the first test\n", verb);
		} else if (t.failed[0] || t.skip) {
			/* it has failed already, or need not run */
		} else if (!strcmp(verb, "seconds")) {
			t.seconds = number_of(line);
		} else if (!strcmp(verb, "env")) {
			environment(&t, line);
		} else if (!strcmp(verb, "load")) {
			load(&t, line);
		} else if (!strcmp(verb, "write")) {
			setting(&t, line);
		} else if (!strcmp(verb, "swap")) {
			swap(&t, line);
		} else if (!strcmp(verb, "mount")) {
			mount_disk(&t, line);
		} else if (!strcmp(verb, "run")) {
			run(&t, line);
		} else if (!strcmp(verb, "skip")) {
			t.skip = line;
		} else if (!strcmp(verb, "fail")) {
			fail(&t, "%s", line);
		} else {
			fail(&t, "the plan has an unknown directive: %s", verb);
		}
	}
	if (t.name)
		end(&t, start);
	emit("verdict: done %d\n", number);
}

static void shell(void)
{
	static char *install[] = { "busybox", "--install", "-s", "/bin", NULL };
	static char *sh[] = { "sh", NULL };
	pid_t pid = fork();

	if (!pid) {
		execve("/bin/busybox", install, env);
		_exit(127);
	}
	waitpid(pid, NULL, 0);
	printf("\nThe tests are in /kselftest, what they need in /plan, modules in /modules.\n"
	       "Leave the shell to power off.\n\n");
	pid = fork();
	if (!pid) {
		setsid();
		execve("/bin/busybox", sh, env);
		_exit(127);
	}
	waitpid(pid, NULL, 0);
}

int main(void)
{
	char cmdline[2048];

	mounts();
	limits();
	note("up\n");
	if (slurp("/proc/cmdline", cmdline, sizeof(cmdline)) && strstr(cmdline, "guest=shell")) {
		shell();
		power_off();
	}
	find_ports();
	follow_plan();
	power_off();
}
