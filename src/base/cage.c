/* SPDX-License-Identifier: Apache-2.0 */
/* A process that reads one hostile file: resource limits and a short list of system calls. */
#include "base/cage.h"

#include <errno.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>

#include "base/mem.h"
#include "base/proc.h"

#if defined(__x86_64__)
#define CAGE_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define CAGE_ARCH AUDIT_ARCH_AARCH64
#else
#define CAGE_ARCH 0
#endif

static const int allowed[] = {
	SYS_read,          SYS_pread64,         SYS_write,       SYS_close,
	SYS_lseek,         SYS_fstat,           SYS_newfstatat,  SYS_mmap,
	SYS_munmap,        SYS_mremap,          SYS_mprotect,    SYS_madvise,
	SYS_brk,           SYS_futex,           SYS_exit,        SYS_exit_group,
	SYS_clock_gettime, SYS_clock_nanosleep, SYS_getrandom,   SYS_rt_sigreturn,
	SYS_rt_sigaction,  SYS_rt_sigprocmask,  SYS_sigaltstack, SYS_getpid,
	SYS_gettid,        SYS_fadvise64,
};

static int limit(__rlimit_resource_t what, int64_t n, struct err *e)
{
	const struct rlimit l = { (rlim_t)n, (rlim_t)n };

	if (n && setrlimit(what, &l) < 0)
		return err_set(e, -errno, "a limit of this process cannot be set: %s",
			       err_text(-errno));
	return 0;
}

static int filter(struct err *e)
{
	struct sock_filter f[5 + ARRAY_LEN(allowed) + 1];
	const struct sock_fprog program = { .len = (unsigned short)ARRAY_LEN(f), .filter = f };
	size_t n = 0;

	f[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
					      offsetof(struct seccomp_data, arch));
	f[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, CAGE_ARCH, 1, 0);
	f[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
	f[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
					      offsetof(struct seccomp_data, nr));
	for (size_t i = 0; i < ARRAY_LEN(allowed); i++) /* from each to the end: RET_ALLOW */
		f[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
						      (unsigned)allowed[i],
						      (unsigned char)(ARRAY_LEN(allowed) - i), 0);
	f[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
	f[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0)
		return err_set(e, -errno, "the system calls of this process cannot be limited: %s",
			       err_text(-errno));
	return 0;
}

int cage_enter(const struct cage_limits *l, struct err *e)
{
	int r;

	if (!CAGE_ARCH)
		return err_set(e, -ENOTSUP, "there is no sandbox for this kind of machine");
	if ((r = proc_limit_core(e)) < 0 || (r = limit(RLIMIT_CPU, l->cpu_s, e)) < 0 ||
	    (r = limit(RLIMIT_AS, l->memory_bytes, e)) < 0 ||
	    (r = limit(RLIMIT_FSIZE, l->file_bytes, e)) < 0 || (r = proc_no_new_privs(e)) < 0)
		return r;
	return filter(e);
}
