#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

int linux_accept(int listener, struct sockaddr *address, socklen_t *length) {
    return accept4(listener, address, length, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

int32_t linux_thread_id(void) { return gettid(); }

int linux_forbid_core_dumps(void) {
    struct rlimit none = {0, 0};
    if (setrlimit(RLIMIT_CORE, &none) != 0) return -1;
    return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

int64_t linux_file_system(const char *path) {
    struct statfs system;
    if (statfs(path, &system) != 0) return -1;
    return (int64_t)(uint32_t)system.f_type;
}

uint64_t linux_lock_limit(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_MEMLOCK, &limit) != 0) return 0;
    return limit.rlim_cur == RLIM_INFINITY ? UINT64_MAX : (uint64_t)limit.rlim_cur;
}

uint64_t linux_raise_open_files(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    getrlimit(RLIMIT_NOFILE, &limit);
    return (uint64_t)limit.rlim_cur;
}

int linux_die_with_parent(int signal) { return prctl(PR_SET_PDEATHSIG, signal, 0, 0, 0); }

int linux_errno(void) { return errno; }

int linux_exited(int status) { return WIFEXITED(status); }
int linux_exit_code(int status) { return WEXITSTATUS(status); }
int linux_term_signal(int status) { return WIFSIGNALED(status) ? WTERMSIG(status) : 0; }

// The variable stays behind this call: Swift code that is resumed on another thread must never hold its address.
int32_t linux_cached_thread_id(void) {
    static __thread int32_t id;
    if (id == 0) id = gettid();
    return id;
}

int linux_available_processors(void) {
    cpu_set_t set;
    // A mask longer than 1,024 processors is refused; such a machine has enough of them.
    if (sched_getaffinity(0, sizeof set, &set) != 0) return CPU_SETSIZE;
    int count = CPU_COUNT(&set);
    return count > 0 ? count : 1;
}

void linux_name_thread(const char *name) { prctl(PR_SET_NAME, name, 0, 0, 0); }

int linux_lock_memory(const void *start, size_t count) { return (int)syscall(SYS_mlock, start, count); }
