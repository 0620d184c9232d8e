// What Glibc's Swift module leaves out: epoll and friends, and calls hidden behind _GNU_SOURCE or varargs.
#pragma once
#include <getopt.h>
#include <malloc.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <sys/types.h>
#include <sys/wait.h>

/// accept4 with SOCK_NONBLOCK | SOCK_CLOEXEC.
int linux_accept(int listener, struct sockaddr *address, socklen_t *length);
/// The kernel's thread id. `pthread_self` must not be used in async code: it is folded across `await` at -O.
int32_t linux_thread_id(void);
/// prctl(PR_SET_DUMPABLE, 0) and RLIMIT_CORE 0: no core dump may carry a key. 0 on success.
int linux_forbid_core_dumps(void);
/// The lock limit (RLIMIT_MEMLOCK, soft) in bytes; UINT64_MAX when unlimited.
uint64_t linux_lock_limit(void);

/// The magic number of the file system that a path lies on, statfs(2); -1 if it cannot be asked.
int64_t linux_file_system(const char *path);
/// Raises the soft limit of open files to the hard one; returns what is in force.
uint64_t linux_raise_open_files(void);
/// prctl(PR_SET_PDEATHSIG, signal): the child ends with its parent.
int linux_die_with_parent(int signal);
/// errno of the calling thread.
int linux_errno(void);
/// wait status helpers: the macros are not imported.
int linux_exited(int status);
int linux_exit_code(int status);
int linux_term_signal(int status);
/// The kernel's thread id, asked of the kernel once a thread: cheap enough for every call. Not valid in a forked child.
int32_t linux_cached_thread_id(void);
/// Processors that this process may run on (its affinity mask, so also a container's processor set); at least 1.
int linux_available_processors(void);
/// Names the calling thread for ps and debuggers (cut to 15 bytes).
void linux_name_thread(const char *name);
/// mlock(2) by its number: the sanitizers replace the C function by one that does nothing and reports success.
int linux_lock_memory(const void *start, size_t count);
