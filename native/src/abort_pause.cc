// Safety contract of the handler: it makes system calls only, on descriptors that live as long as the process; it takes
// no lock and allocates nothing, since the aborting thread may hold any lock; its wait is bounded, since the reader may
// be the thread that aborts, or may wait for such a lock; and the abort always follows.
#include "abort_pause.h"

#include <signal.h>
#include <sys/ioctl.h>
#include <time.h>

namespace pawl {
namespace {

constexpr int kPipes = 2;
constexpr int kTurns = 20;
constexpr timespec kTurn = {0, 10 * 1000 * 1000};

volatile int pipes[kPipes] = {-1, -1};

bool AreEmpty() {
  for (int i = 0; i < kPipes; i++) {
    int count = 0;
    if (ioctl(pipes[i], FIONREAD, &count) == 0 && count > 0) return false;
  }
  return true;
}

void OnAbort(int number) {
  // Once more than it takes to find them empty: what was read must be sent as well.
  for (int turn = 0, empty = 0; turn < kTurns && empty < 2; turn++) {
    empty = AreEmpty() ? empty + 1 : 0;
    nanosleep(&kTurn, nullptr);
  }
  signal(number, SIG_DFL);
  // Blocked until this handler returns; abort() itself would raise it again as well.
  raise(number);
}

}  // namespace

SysError PauseAborts(int captured_stdout, int captured_stderr) {
  struct sigaction current {};
  if (sigaction(SIGABRT, nullptr, &current) != 0) return SysError::Last("sigaction");
  if (current.sa_handler != SIG_DFL) return {};
  pipes[0] = captured_stdout;
  pipes[1] = captured_stderr;
  struct sigaction action {};
  action.sa_handler = OnAbort;
  sigemptyset(&action.sa_mask);
  if (sigaction(SIGABRT, &action, nullptr) != 0) return SysError::Last("sigaction");
  return {};
}

}  // namespace pawl
