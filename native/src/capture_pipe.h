// The pipe behind a captured stream: the read end never blocks (an I/O thread polls it), the write end always does
// (whoever prints expects that). Both are close-on-exec.
#ifndef PAWL_CAPTURE_PIPE_H_
#define PAWL_CAPTURE_PIPE_H_

#include <cstdint>

#include "scoped_fd.h"
#include "sys_error.h"

namespace pawl {

struct CapturePipe {
  ScopedFd read_end;
  ScopedFd write_end;
};

/** `bytes` is a wish: the system may grant less. On failure `pipe` stays empty. */
SysError OpenCapturePipe(uint32_t bytes, CapturePipe* pipe);

}  // namespace pawl

#endif  // PAWL_CAPTURE_PIPE_H_
