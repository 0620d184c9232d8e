#define _GNU_SOURCE
#include "CProcessMemory.h"

#include <errno.h>
#include <sys/uio.h>
#include <sys/vfs.h>

int process_memory_read(int32_t process, uint64_t address, void *into, size_t count) {
    struct iovec here = {into, count}, there = {(void *)(uintptr_t)address, count};
    ssize_t moved = process_vm_readv(process, &here, 1, &there, 1, 0);
    return moved == (ssize_t)count ? 0 : moved < 0 ? errno : EFAULT;
}

int process_memory_write(int32_t process, uint64_t address, const void *from, size_t count) {
    struct iovec here = {(void *)from, count}, there = {(void *)(uintptr_t)address, count};
    ssize_t moved = process_vm_writev(process, &here, 1, &there, 1, 0);
    return moved == (ssize_t)count ? 0 : moved < 0 ? errno : EFAULT;
}

uint64_t filesystem_kind(const char *path) {
    struct statfs found;
    return statfs(path, &found) == 0 ? (uint64_t)found.f_type : 0;
}
