// A gate around calls into user code: while a call is inside, any thread may end its JavaScript and break the system
// call it is blocked in. Everything is keyed by the call's token, so that an interrupt never reaches other work.
//
// Safety contract
// 1. One state per process, under one mutex. Guard() runs on the main thread, the rest on any. No JavaScript runs and
//    nothing waits while the mutex is held.
// 2. JavaScript is terminated, and a signal sent, under the mutex and only on behalf of a call that is inside.
//    Leaving shuts the gate under the same mutex and takes back what was asked for but not yet noticed, signals
//    included: nothing is left that could hit whatever runs next.
// 3. The signal handler is empty. It is installed without SA_RESTART, so that a blocked system call returns EINTR, and
//    on a signal that nobody had a handler for. Where somebody replaces it later, no signal is sent any more.
// 4. Terminated JavaScript runs neither catch nor finally. Whoever calls Guard() owns the cleaning up.
#ifndef PAWL_INTERRUPT_H_
#define PAWL_INTERRUPT_H_

#include <node_api.h>

#include <cstdint>
#include <string>

namespace pawl {

/**
 * Empty where Guard() may be called on this thread from now on: the main one, where Node and the system can interrupt.
 * Otherwise why not, and then nothing here does anything.
 */
std::string PrepareInterrupts();

enum class GuardOutcome {
  kReturned,
  /** Ended by Interrupt(), or asked to while it returned or threw: what came out of it is dropped. */
  kInterrupted,
  /** An exception, or the termination of a call further out, is on its way: go back to JavaScript at once. */
  kThrew,
  /** Nothing was called: PrepareInterrupts() has not succeeded on this thread. */
  kRefused,
};

/** Calls `call` without arguments inside the gate. `*value` is set where it returned. */
GuardOutcome Guard(napi_env env, uint64_t token, napi_value call, napi_value* value);

/** Ends the innermost call, if it is one of `token`; false otherwise. */
bool Interrupt(uint64_t token);

/**
 * Asks again on behalf of an interrupted call of `token` that has not ended yet; false when there is none. Repeat: a
 * signal that arrives just before a system call blocks is lost, and others may have taken the termination back.
 */
bool Nudge(uint64_t token);

/** The token of the innermost call, 0 where there is none. */
uint64_t TokenInside();

}  // namespace pawl

#endif  // PAWL_INTERRUPT_H_
