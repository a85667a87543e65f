// Safety contract: (1) everything that can fail for want of descriptors happens before 0, 1 or 2 is touched;
// (2) the replacement of 0, 1 and 2 is undone in reverse when one step fails; (3) the five descriptors of the result
// belong to the caller for the rest of the process and are close-on-exec, so that no child ever holds the control
// channel or the read end of its own output.
#include "fd_redirect.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <mutex>

#include "capture_pipe.h"
#include "scoped_fd.h"

namespace pawl {
namespace {

// Above what user code is likely to name by number, so that nobody closes the control channel by accident.
constexpr int kFirstPrivateFd = 100;
constexpr int kStreams = 3;

std::mutex mutex;
bool redirected = false;
Redirected current;

int Dup2Retrying(int from, int to) {
  int result;
  do {
    result = dup2(from, to);
  } while (result < 0 && errno == EINTR);
  return result;
}

SysError SaveStreams(ScopedFd saved[kStreams]) {
  for (int fd = 0; fd < kStreams; fd++) {
    saved[fd].Reset(fcntl(fd, F_DUPFD_CLOEXEC, kFirstPrivateFd));
    if (!saved[fd].valid()) return SysError::Last("fcntl");
  }
  return {};
}

SysError ReplaceStreams(const ScopedFd saved[kStreams], const int replacement[kStreams]) {
  for (int fd = 0; fd < kStreams; fd++) {
    // The copies on 0, 1 and 2 are inherited by children on purpose: their output is captured with ours.
    if (Dup2Retrying(replacement[fd], fd) >= 0) continue;
    const SysError error = SysError::Last("dup2");
    while (fd-- > 0) Dup2Retrying(saved[fd].get(), fd);
    return error;
  }
  return {};
}

}  // namespace

SysError RedirectStdio(uint32_t pipe_bytes, Redirected* result) {
  const std::lock_guard<std::mutex> lock(mutex);
  if (redirected) {
    *result = current;
    return {};
  }
  ScopedFd saved[kStreams];
  if (const SysError error = SaveStreams(saved)) return error;
  ScopedFd null_device(open("/dev/null", O_RDONLY | O_CLOEXEC));
  if (!null_device.valid()) return SysError::Last("open");
  CapturePipe out;
  CapturePipe err;
  if (const SysError error = OpenCapturePipe(pipe_bytes, &out)) return error;
  if (const SysError error = OpenCapturePipe(pipe_bytes, &err)) return error;

  // Node makes C stdout unbuffered, but a preloaded library may have changed that: what the C library still holds was
  // written before the capture and belongs to the original stream.
  fflush(stdout);
  const int replacement[kStreams] = {null_device.get(), out.write_end.get(), err.write_end.get()};
  if (const SysError error = ReplaceStreams(saved, replacement)) return error;

  current = Redirected{saved[0].Release(), saved[1].Release(), saved[2].Release(), out.read_end.Release(),
                       err.read_end.Release()};
  redirected = true;
  *result = current;
  return {};
}

}  // namespace pawl
