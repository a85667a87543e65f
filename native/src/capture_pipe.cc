#include "capture_pipe.h"

#include <fcntl.h>
#include <unistd.h>

namespace pawl {
namespace {

SysError OpenPipe(int ends[2]) {
#ifdef __linux__
  // pipe2 and not pipe: another thread may fork between pipe() and fcntl(), and the child would hold our ends open.
  if (pipe2(ends, O_CLOEXEC) != 0) return SysError::Last("pipe2");
#else
  if (pipe(ends) != 0) return SysError::Last("pipe");
  for (int i = 0; i < 2; i++) {
    if (fcntl(ends[i], F_SETFD, FD_CLOEXEC) == 0) continue;
    const SysError error = SysError::Last("fcntl");
    close(ends[0]);
    close(ends[1]);
    return error;
  }
#endif
  return {};
}

void GrowPipe(int fd, uint32_t bytes) {
#ifdef F_SETPIPE_SZ
  // Refused above fs.pipe-max-size and above the user's share of pipe memory; half of the wish may still be granted.
  constexpr uint32_t kDefaultBytes = 64 * 1024;
  for (uint32_t size = bytes; size > kDefaultBytes; size /= 2) {
    if (size <= INT32_MAX && fcntl(fd, F_SETPIPE_SZ, static_cast<int>(size)) >= 0) return;
  }
#else
  (void)fd;
  (void)bytes;
#endif
}

}  // namespace

SysError OpenCapturePipe(uint32_t bytes, CapturePipe* pipe) {
  int ends[2];
  if (const SysError error = OpenPipe(ends)) return error;
  ScopedFd read_end(ends[0]);
  ScopedFd write_end(ends[1]);
  const int flags = fcntl(read_end.get(), F_GETFL);
  if (flags < 0 || fcntl(read_end.get(), F_SETFL, flags | O_NONBLOCK) != 0) return SysError::Last("fcntl");
  GrowPipe(write_end.get(), bytes);
  pipe->read_end.Reset(read_end.Release());
  pipe->write_end.Reset(write_end.Release());
  return {};
}

}  // namespace pawl
