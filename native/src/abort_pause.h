// abort() ends every thread at once, also the one that reads what the aborting thread has just printed: the reason.
#ifndef PAWL_ABORT_PAUSE_H_
#define PAWL_ABORT_PAUSE_H_

#include "sys_error.h"

namespace pawl {

/**
 * From now on an abort of this process waits, a fraction of a second at most, until the pipes with these read ends are
 * empty. Does nothing where somebody listens to SIGABRT already.
 */
SysError PauseAborts(int captured_stdout, int captured_stderr);

}  // namespace pawl

#endif  // PAWL_ABORT_PAUSE_H_
