#include "fd_io.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>

namespace pawl {
namespace {

bool WouldBlock(int number) { return number == EAGAIN || number == EWOULDBLOCK; }

SysError WaitWritable(int fd) {
  pollfd waiting = {fd, POLLOUT, 0};
  // A closed reader ends the wait too (POLLERR); the next write then reports it as EPIPE.
  if (poll(&waiting, 1, -1) < 0 && errno != EINTR) return SysError::Last("poll");
  return {};
}

}  // namespace

SysError WriteAll(int fd, const uint8_t* bytes, size_t length) {
  while (length > 0) {
    const ssize_t written = write(fd, bytes, length);
    if (written >= 0) {
      bytes += written;
      length -= static_cast<size_t>(written);
    } else if (WouldBlock(errno)) {
      if (const SysError error = WaitWritable(fd)) return error;
    } else if (errno != EINTR) {
      return SysError::Last("write");
    }
  }
  return {};
}

SysError ReadAvailable(int fd, uint8_t* into, size_t length, size_t* count) {
  *count = 0;
  ssize_t received;
  do {
    received = read(fd, into, length);
  } while (received < 0 && errno == EINTR);
  if (received >= 0) {
    *count = static_cast<size_t>(received);
  } else if (!WouldBlock(errno)) {
    return SysError::Last("read");
  }
  return {};
}

SysError HasBytes(const int32_t (&fds)[kLookedAt], bool* result) {
  pollfd looked_at[kLookedAt];
  for (size_t i = 0; i < kLookedAt; i++) looked_at[i] = {fds[i], POLLIN, 0};
  int ready;
  do {
    // A signal ends it also where it does not wait: a CPU profile of this thread sends thousands.
    ready = poll(looked_at, kLookedAt, 0);
  } while (ready < 0 && errno == EINTR);
  if (ready < 0) return SysError::Last("poll");
  *result = false;
  for (const pollfd& each : looked_at) *result |= (each.revents & POLLIN) != 0;
  return {};
}

SysError PendingBytes(int fd, int* count) {
  *count = 0;
  if (ioctl(fd, FIONREAD, count) != 0) return SysError::Last("ioctl");
  return {};
}

SysError SetBlocking(int fd) {
  const int flags = fcntl(fd, F_GETFL);
  if (flags < 0) return SysError::Last("fcntl");
  // Called around every prediction: the second call is only made where a child really left the flag behind.
  if ((flags & O_NONBLOCK) != 0 && fcntl(fd, F_SETFL, flags & ~O_NONBLOCK) != 0) return SysError::Last("fcntl");
  return {};
}

void FlushStdio() {
  fflush(stdout);
  fflush(stderr);
}

}  // namespace pawl
