// How this process is tied to its parent and its descendants, and how it ends.
#ifndef PAWL_PROCESS_BONDS_H_
#define PAWL_PROCESS_BONDS_H_

#include "sys_error.h"

namespace pawl {

/**
 * Asks the kernel for SIGKILL when the parent ends. `*supported` is false where the system has no such bond. The bond
 * belongs to the calling thread and is lost with it: call it on the main thread. A parent that ended before this call
 * cannot be seen here; the closed control channel tells that.
 */
SysError DieWithParent(bool* supported);

/** Makes this process the new parent of descendants whose own parent ends, instead of init. */
SysError AdoptOrphans(bool* supported);

/** waitpid() without waiting: true when the child `pid` had ended and its entry is gone now. Any thread. */
bool Reap(int pid);

/** Any thread; no exit handlers, no destructors, no flush. */
[[noreturn]] void ExitNow(int code);

}  // namespace pawl

#endif  // PAWL_PROCESS_BONDS_H_
