// Synchronous reads and writes on descriptors somebody else owns. Nothing here opens or closes one.
#ifndef PAWL_FD_IO_H_
#define PAWL_FD_IO_H_

#include <cstddef>
#include <cstdint>

#include "sys_error.h"

namespace pawl {

/** Blocks the calling thread until all is written, also where the descriptor is non-blocking and full. */
SysError WriteAll(int fd, const uint8_t* bytes, size_t length);

/** One read. `*count` is 0 at the end of the stream and where a non-blocking descriptor has nothing. */
SysError ReadAvailable(int fd, uint8_t* into, size_t length, size_t* count);

constexpr size_t kLookedAt = 4;

/** Whether there is anything to read from one of them now. Descriptors that are not open, or negative, have nothing. */
SysError HasBytes(const int32_t (&fds)[kLookedAt], bool* result);

/** Bytes waiting to be read, as FIONREAD counts them. */
SysError PendingBytes(int fd, int* count);

SysError SetBlocking(int fd);

/**
 * Hands what the C library buffers of stdout and stderr to the kernel. Node starts with both unbuffered; this is for
 * libraries that turn buffering on for themselves. Not fflush(NULL): that waits for the lock of
 * every stream in the process, and a library's thread may sit in a blocking read with one of them held.
 */
void FlushStdio();

}  // namespace pawl

#endif  // PAWL_FD_IO_H_
