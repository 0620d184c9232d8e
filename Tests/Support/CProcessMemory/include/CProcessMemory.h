// What the device simulator does as a kernel would: reach into the memory of the process that called it.
#pragma once
#include <stddef.h>
#include <stdint.h>

/// process_vm_readv of one range. 0, or errno.
int process_memory_read(int32_t process, uint64_t address, void *into, size_t count);
/// process_vm_writev of one range. 0, or errno.
int process_memory_write(int32_t process, uint64_t address, const void *from, size_t count);
/// The kind of filesystem at a path (f_type of statfs), 0 if there is none.
uint64_t filesystem_kind(const char *path);
