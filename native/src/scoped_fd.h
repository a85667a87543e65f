// A file descriptor with one owner: closed once, when the owner goes away, unless released to somebody else.
#ifndef PAWL_SCOPED_FD_H_
#define PAWL_SCOPED_FD_H_

#include <unistd.h>

namespace pawl {

class ScopedFd {
 public:
  ScopedFd() = default;
  explicit ScopedFd(int fd) : fd_(fd) {}
  ScopedFd(const ScopedFd&) = delete;
  ScopedFd& operator=(const ScopedFd&) = delete;
  ~ScopedFd() { Reset(-1); }

  int get() const { return fd_; }
  bool valid() const { return fd_ >= 0; }

  void Reset(int fd) {
    // close() is not retried on EINTR: the descriptor is gone either way, and its number may already be reused.
    if (fd_ >= 0) close(fd_);
    fd_ = fd;
  }

  int Release() {
    const int fd = fd_;
    fd_ = -1;
    return fd;
  }

 private:
  int fd_ = -1;
};

}  // namespace pawl

#endif  // PAWL_SCOPED_FD_H_
