// Moves the process's stdin, stdout and stderr out of the way of user code and puts capture pipes in their place.
// Process-wide and once: whoever asks again, on whatever thread, gets the first result.
#ifndef PAWL_FD_REDIRECT_H_
#define PAWL_FD_REDIRECT_H_

#include <cstdint>

#include "sys_error.h"

namespace pawl {

struct Redirected {
  int control_in;
  int control_out;
  int original_stderr;
  int captured_stdout;
  int captured_stderr;
};

/** On failure descriptors 0, 1 and 2 are what they were, nothing stays open, and a later call may try again. */
SysError RedirectStdio(uint32_t pipe_bytes, Redirected* result);

}  // namespace pawl

#endif  // PAWL_FD_REDIRECT_H_
