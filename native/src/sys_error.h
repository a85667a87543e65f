// A failed system call as a value, and its JavaScript shape: `code`, `errno` (negative) and `syscall`, as Node's own.
// System-call code returns SysError; only addon.cc throws it.
#ifndef PAWL_SYS_ERROR_H_
#define PAWL_SYS_ERROR_H_

#include <napi.h>

#include <cerrno>

namespace pawl {

struct SysError {
  int number = 0;
  const char* syscall = nullptr;

  explicit operator bool() const { return number != 0; }
  static SysError Last(const char* syscall) { return SysError{errno, syscall}; }
};

/** Leaves a JavaScript exception pending in `env`; the caller returns to JavaScript at once. */
void ThrowSysError(Napi::Env env, const SysError& error);

}  // namespace pawl

#endif  // PAWL_SYS_ERROR_H_
