#include "process_bonds.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef __linux__
#include <sys/prctl.h>
#endif

namespace pawl {

SysError AdoptOrphans(bool* supported) {
#ifdef __linux__
  if (prctl(PR_SET_CHILD_SUBREAPER, 1) != 0) return SysError::Last("prctl");
  *supported = true;
#else
  *supported = false;
#endif
  return {};
}

bool Reap(int pid) { return pid > 0 && waitpid(pid, nullptr, WNOHANG) == pid; }

void ExitNow(int code) { _exit(code); }

}  // namespace pawl
