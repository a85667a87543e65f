// How this process is tied to its descendants, and how it ends.
#ifndef PAWL_PROCESS_BONDS_H_
#define PAWL_PROCESS_BONDS_H_

#include "sys_error.h"

namespace pawl {

/** Makes this process the new parent of descendants whose own parent ends, instead of init. */
SysError AdoptOrphans(bool* supported);

/** waitpid() without waiting: true when the child `pid` had ended and its entry is gone now. Any thread. */
bool Reap(int pid);

/** Any thread; no exit handlers, no destructors, no flush. */
[[noreturn]] void ExitNow(int code);

}  // namespace pawl

#endif  // PAWL_PROCESS_BONDS_H_
