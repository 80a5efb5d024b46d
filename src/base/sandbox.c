/* Landlock for paths, seccomp for calls, capabilities and limits for the rest (DESIGN §8). */
#include "base/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#define SANITIZED
#endif

/* From the kernel's documentation of Landlock; the headers of older systems lack the newer bits. */
enum { LANDLOCK_RULE_BENEATH = 1, LANDLOCK_ABI_QUESTION = 1 };
#define LANDLOCK_READ_FILE ((uint64_t)1 << 2)
#define LANDLOCK_READ_FOLDER ((uint64_t)1 << 3)
#define LANDLOCK_BIND ((uint64_t)1 << 0)
#define LANDLOCK_CONNECT ((uint64_t)1 << 1)

struct landlock_attributes {
    uint64_t fs, net, scoped;
};

struct landlock_beneath {
    uint64_t allowed;
    int32_t parent_fd;
} __attribute__((packed));

/* Every access right of an ABI: handled means denied unless a rule allows it. */
static uint64_t all_fs_rights(long abi)
{
    if (abi >= 5)
        return 0xffff; /* + ioctl on devices */
    if (abi >= 3)
        return 0x7fff; /* + truncate */
    return abi >= 2 ? 0x3fff /* + refer */ : 0x1fff;
}

/* What the C library reads to turn a name into an address. A file that is not there needs no rule. */
static void allow_resolving(int rules)
{
    static const char *const files[] = {"/etc/resolv.conf", "/etc/hosts", "/etc/nsswitch.conf", "/etc/host.conf", "/etc/gai.conf",
                                        "/etc/services"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        int fd = open(files[i], O_PATH | O_CLOEXEC);
        if (fd < 0)
            continue;
        struct landlock_beneath one = {LANDLOCK_READ_FILE, fd};
        (void)syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_BENEATH, &one, 0);
        close(fd);
    }
}

static bool has_root(const struct sandbox *s)
{
    return s->kind == SANDBOX_TREE || s->kind == SANDBOX_REPOSITORY;
}

static bool landlock(const struct sandbox *s)
{
    long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_ABI_QUESTION);
    if (abi < 1)
        return false;
    uint64_t net = s->kind == SANDBOX_FETCH ? LANDLOCK_BIND : LANDLOCK_BIND | LANDLOCK_CONNECT;
    struct landlock_attributes attributes = {.fs = all_fs_rights(abi), .net = abi >= 4 ? net : 0, .scoped = abi >= 6 ? 3 : 0};
    size_t size = abi >= 6 ? 24 : abi >= 4 ? 16 : 8;
    int rules = (int)syscall(SYS_landlock_create_ruleset, &attributes, size, 0);
    if (rules < 0)
        return false;
    bool ok = true;
    if (has_root(s)) {
        struct landlock_beneath beneath = {LANDLOCK_READ_FILE | LANDLOCK_READ_FOLDER, s->root_fd};
        ok = syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_BENEATH, &beneath, 0) == 0;
    }
    if (s->kind == SANDBOX_FETCH)
        allow_resolving(rules);
    ok = ok && syscall(SYS_landlock_restrict_self, rules, 0) == 0;
    close(rules);
    return ok;
}

static bool drop_capabilities(const struct sandbox *s)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct now[2], want[2] = {{0}};
    if (syscall(SYS_capget, &header, now) != 0)
        return false;
    uint32_t search = 1u << CAP_DAC_READ_SEARCH;
    if (has_root(s))
        want[0].effective = want[0].permitted = now[0].permitted & search;
    for (int c = 0; c < 64; c++)
        prctl(PR_CAPBSET_DROP, c, 0, 0, 0); /* needs CAP_SETPCAP; without it there is nothing to lose */
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    return syscall(SYS_capset, &header, want) == 0;
}

static void set_limits(const struct limits *l)
{
    struct rlimit none = {0, 0}, cpu = {l->time_s, l->time_s + 5};
    setrlimit(RLIMIT_CORE, &none);
    setrlimit(RLIMIT_CPU, &cpu);
#ifndef SANITIZED
    /* RLIMIT_AS would count mappings of files; the sanitizer's shadow does not fit in either. */
    struct rlimit data = {l->worker_bytes, l->worker_bytes};
    setrlimit(RLIMIT_DATA, &data);
#endif
}

/* Calls every worker needs, whatever their arguments. */
static const int always[] = {
    SCMP_SYS(read), SCMP_SYS(pread64), SCMP_SYS(readv), SCMP_SYS(preadv), SCMP_SYS(write), SCMP_SYS(pwrite64), SCMP_SYS(writev),
    SCMP_SYS(close), SCMP_SYS(lseek), SCMP_SYS(fstat), SCMP_SYS(fstatfs), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise),
    SCMP_SYS(brk), SCMP_SYS(futex), SCMP_SYS(set_robust_list), SCMP_SYS(rseq), SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigreturn), SCMP_SYS(sigaltstack), SCMP_SYS(exit), SCMP_SYS(exit_group), SCMP_SYS(clock_gettime),
    SCMP_SYS(clock_nanosleep), SCMP_SYS(nanosleep), SCMP_SYS(gettimeofday), SCMP_SYS(getpid), SCMP_SYS(gettid), SCMP_SYS(getuid),
    SCMP_SYS(getrandom), SCMP_SYS(sched_yield), SCMP_SYS(sched_getaffinity), SCMP_SYS(restart_syscall), SCMP_SYS(membarrier),
    SCMP_SYS(poll), SCMP_SYS(ppoll), SCMP_SYS(dup), SCMP_SYS(fadvise64), SCMP_SYS(getrusage),
};

#define ARG(n, op, ...) SCMP_CMP(n, op, __VA_ARGS__)

static int allow_memory_and_threads(scmp_filter_ctx f)
{
    /* No page may become executable. */
    int bad = seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1, ARG(2, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
    bad |= seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, ARG(2, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
    /* Threads, not processes: glibc falls back to clone when clone3 does not exist. */
    uint64_t thread = CLONE_VM | CLONE_THREAD | CLONE_SIGHAND;
    bad |= seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1, ARG(0, SCMP_CMP_MASKED_EQ, thread, thread));
    bad |= seccomp_rule_add(f, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
    /* abort() signals itself; nobody else. */
    bad |= seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1, ARG(0, SCMP_CMP_EQ, (scmp_datum_t)getpid()));
    bad |= seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), 1, ARG(2, SCMP_CMP_EQ, 0));
    bad |= seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(fcntl), 1, ARG(1, SCMP_CMP_EQ, F_GETFL));
    bad |= seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(fcntl), 1, ARG(1, SCMP_CMP_EQ, F_DUPFD_CLOEXEC));
    return bad;
}

static int allow_paths(scmp_filter_ctx f, const struct sandbox *s)
{
    /* fstat(fd) as glibc spells it. */
    int bad = seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(newfstatat), 1, ARG(3, SCMP_CMP_EQ, AT_EMPTY_PATH));
    bad |= seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(statx), 1, ARG(2, SCMP_CMP_MASKED_EQ, AT_EMPTY_PATH, AT_EMPTY_PATH));
    if (s->kind != SANDBOX_TREE)
        return bad;
    uint64_t seen = O_ACCMODE | O_NOFOLLOW | O_CREAT | O_TRUNC | O_APPEND | (O_TMPFILE & ~O_DIRECTORY);
    bad |= seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(openat), 2, ARG(0, SCMP_CMP_LE, INT32_MAX),
                            ARG(2, SCMP_CMP_MASKED_EQ, seen, O_RDONLY | O_NOFOLLOW));
    bad |= seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(newfstatat), 1, ARG(3, SCMP_CMP_MASKED_EQ, AT_SYMLINK_NOFOLLOW, AT_SYMLINK_NOFOLLOW));
    bad |= seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(statx), 1, ARG(2, SCMP_CMP_MASKED_EQ, AT_SYMLINK_NOFOLLOW, AT_SYMLINK_NOFOLLOW));
    bad |= seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(getdents64), 0);
    bad |= seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(readlinkat), 0);
    return bad;
}

/* A client of the internet: sockets of its two families, and files read-only where Landlock has named which. */
static int allow_fetching(scmp_filter_ctx f)
{
    static const int calls[] = {
        SCMP_SYS(connect), SCMP_SYS(sendto), SCMP_SYS(sendmsg), SCMP_SYS(sendmmsg), SCMP_SYS(recvfrom), SCMP_SYS(recvmsg),
        SCMP_SYS(recvmmsg), SCMP_SYS(getsockname), SCMP_SYS(getpeername), SCMP_SYS(getsockopt), SCMP_SYS(setsockopt), SCMP_SYS(shutdown),
        SCMP_SYS(pipe2), SCMP_SYS(eventfd2), SCMP_SYS(uname), SCMP_SYS(newfstatat), SCMP_SYS(readlink), SCMP_SYS(select), SCMP_SYS(pselect6),
    };
    uint64_t writing = O_ACCMODE | O_CREAT | O_TRUNC | O_APPEND | (O_TMPFILE & ~O_DIRECTORY);
    int bad = 0;
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        bad |= seccomp_rule_add(f, SCMP_ACT_ALLOW, calls[i], 0);
    bad |= seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(socket), 1, ARG(0, SCMP_CMP_EQ, AF_INET));
    bad |= seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(socket), 1, ARG(0, SCMP_CMP_EQ, AF_INET6));
    bad |= seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(socketpair), 1, ARG(0, SCMP_CMP_EQ, AF_UNIX));
    bad |= seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(openat), 1, ARG(2, SCMP_CMP_MASKED_EQ, writing, O_RDONLY));
    bad |= seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(fcntl), 1, ARG(1, SCMP_CMP_EQ, F_SETFL));
    bad |= seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(fcntl), 1, ARG(1, SCMP_CMP_EQ, F_SETFD));
    bad |= seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(fcntl), 1, ARG(1, SCMP_CMP_EQ, F_GETFD));
    bad |= seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), 1, ARG(1, SCMP_CMP_EQ, FIONREAD));
    return bad;
}

/* Reading by whole paths; where they may lead is Landlock's business. */
static int allow_repository(scmp_filter_ctx f)
{
    static const int calls[] = {
        SCMP_SYS(newfstatat), SCMP_SYS(statx), SCMP_SYS(access), SCMP_SYS(faccessat), SCMP_SYS(faccessat2), SCMP_SYS(readlink),
        SCMP_SYS(readlinkat), SCMP_SYS(getdents64), SCMP_SYS(getcwd), SCMP_SYS(geteuid),
    };
    uint64_t writing = O_ACCMODE | O_CREAT | O_TRUNC | O_APPEND | (O_TMPFILE & ~O_DIRECTORY);
    int bad = 0;
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        bad |= seccomp_rule_add(f, SCMP_ACT_ALLOW, calls[i], 0);
    bad |= seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(openat), 1, ARG(2, SCMP_CMP_MASKED_EQ, writing, O_RDONLY));
    bad |= seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(fcntl), 1, ARG(1, SCMP_CMP_EQ, F_SETFD)); /* close on exec */
    bad |= seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(fcntl), 1, ARG(1, SCMP_CMP_EQ, F_GETFD));
    return bad;
}

static bool filter_calls(const struct sandbox *s)
{
    scmp_filter_ctx f = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    if (!f)
        return false;
    int bad = 0;
    for (size_t i = 0; i < sizeof always / sizeof *always; i++)
        bad |= seccomp_rule_add(f, SCMP_ACT_ALLOW, always[i], 0);
    bad |= allow_memory_and_threads(f);
    bad |= allow_paths(f, s);
    if (s->kind == SANDBOX_FETCH)
        bad |= allow_fetching(f);
    if (s->kind == SANDBOX_REPOSITORY)
        bad |= allow_repository(f);
    seccomp_attr_set(f, SCMP_FLTATR_CTL_OPTIMIZE, 2); /* a tree of comparisons: each call is judged in a few steps */
    bad |= seccomp_load(f);
    seccomp_release(f);
    return bad == 0;
}

enum rc sandbox_enter(struct op *op, const struct sandbox *s, bool *ret_landlock)
{
    set_limits(op->limits);
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return fail(op, RC_UNSUPPORTED, "sandbox: no_new_privs: %s", strerror(errno));
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    bool fenced = landlock(s);
    if (s->kind == SANDBOX_REPOSITORY && !fenced)
        return fail(op, RC_UNSUPPORTED, "sandbox: the kernel has no Landlock; no repository is read without it");
    if (!drop_capabilities(s))
        return fail(op, RC_UNSUPPORTED, "sandbox: capabilities could not be dropped: %s", strerror(errno));
    if (!filter_calls(s))
        return fail(op, RC_UNSUPPORTED, "sandbox: the kernel refuses seccomp filters; nothing is parsed without them");
    *ret_landlock = fenced;
    return RC_OK;
}
