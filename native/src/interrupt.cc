#include "interrupt.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <mutex>

#ifdef __linux__
#include "glibc_baseline.h"
#endif
#include "v8_terminate.h"

#ifdef __linux__
#include <sys/syscall.h>
#endif

namespace pawl {
namespace {

/** One Guard() on the main thread's stack; an inner boundary of user code has the token of the outer call. */
struct Call {
  const uint64_t token;
  Call* outer = nullptr;
  bool is_interrupted = false;
};

struct Gate {
  std::mutex mutex;
  V8Terminate v8;
  void* isolate = nullptr;
  pthread_t thread{};
  /** 0 until everything is prepared. */
  int signal = 0;
  Call* innermost = nullptr;
};

// Leaked on purpose: threads may still call in while the process ends.
Gate& gate = *new Gate;

void OnSignal(int) {}

bool IsMainThread() {
#ifdef __linux__
  return syscall(SYS_gettid) == getpid();
#else
  return pthread_main_np() != 0;
#endif
}

bool HasHandler(int signal, void (*handler)(int)) {
  struct sigaction current;
  return sigaction(signal, nullptr, &current) == 0 && current.sa_handler == handler;
}

/** 0 where all are taken. */
int FreeSignal() {
#ifdef SIGRTMIN
  // The first few are what programs take that do not look.
  for (int signal = SIGRTMIN + 5; signal <= SIGRTMAX; signal++) {
    if (HasHandler(signal, SIG_DFL)) return signal;
  }
  return 0;
#else
  // Unlike SIGUSR1 and SIGUSR2 it has no name in Node, so that no user of process.on() can have it.
  return HasHandler(SIGEMT, SIG_DFL) ? SIGEMT : 0;
#endif
}

/** The signals sent to this thread are delivered at the latest on the way out of this system call. */
void TakeSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, gate.signal);
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
}

/** False on a thread that has not prepared. */
bool Enter(Call* call) {
  const std::lock_guard<std::mutex> lock(gate.mutex);
  if (gate.signal == 0 || !pthread_equal(gate.thread, pthread_self())) return false;
  call->outer = gate.innermost;
  gate.innermost = call;
  return true;
}

Call* FindInterrupted(uint64_t token) {
  Call* call = gate.innermost;
  while (call != nullptr && !(call->token == token && call->is_interrupted)) call = call->outer;
  return call;
}

/** Returns whether the call was interrupted; from here on nobody can ask for it. */
bool Leave(const Call& call) {
  const std::lock_guard<std::mutex> lock(gate.mutex);
  gate.innermost = call.outer;
  if (!call.is_interrupted) return false;
  gate.v8.Cancel(gate.isolate);
  TakeSignals();
  for (Call* outer = call.outer; outer != nullptr; outer = outer->outer) {
    // Asked for before this call began, and taken back with its own.
    if (outer->is_interrupted) gate.v8.Terminate(gate.isolate);
  }
  return true;
}

/** Under the mutex. */
void Strike() {
  gate.v8.Terminate(gate.isolate);
  if (HasHandler(gate.signal, OnSignal)) pthread_kill(gate.thread, gate.signal);
}

}  // namespace

std::string PrepareInterrupts() {
  const std::lock_guard<std::mutex> lock(gate.mutex);
  if (!IsMainThread()) return "this is not the main thread";
  if (gate.signal != 0) return "";
  if (const char* missing = gate.v8.Load()) return std::string("this Node does not export ") + missing;
  gate.isolate = gate.v8.CurrentIsolate();
  if (gate.isolate == nullptr) return "no JavaScript runs on this thread";
  const int signal = FreeSignal();
  if (signal == 0) return "every signal it could use has a handler already";
  struct sigaction action {};
  action.sa_handler = OnSignal;
  // Some runtimes of other languages insist on handlers that run on their stack.
  action.sa_flags = SA_ONSTACK;
  sigemptyset(&action.sa_mask);
  if (sigaction(signal, &action, nullptr) != 0) return std::string("sigaction: ") + strerror(errno);
  gate.thread = pthread_self();
  gate.signal = signal;
  return "";
}

GuardOutcome Guard(napi_env env, uint64_t token, napi_value call, napi_value* value) {
  napi_value undefined = nullptr;
  napi_get_undefined(env, &undefined);
  Call inside{token};
  if (!Enter(&inside)) return GuardOutcome::kRefused;
  const napi_status status = napi_call_function(env, undefined, call, 0, nullptr, value);
  if (!Leave(inside)) return status == napi_ok ? GuardOutcome::kReturned : GuardOutcome::kThrew;
  napi_value dropped;
  napi_get_and_clear_last_exception(env, &dropped);
  return GuardOutcome::kInterrupted;
}

bool Interrupt(uint64_t token) {
  const std::lock_guard<std::mutex> lock(gate.mutex);
  if (gate.innermost == nullptr || gate.innermost->token != token) return false;
  gate.innermost->is_interrupted = true;
  Strike();
  return true;
}

bool Nudge(uint64_t token) {
  const std::lock_guard<std::mutex> lock(gate.mutex);
  if (FindInterrupted(token) == nullptr) return false;
  Strike();
  return true;
}

uint64_t TokenInside() {
  const std::lock_guard<std::mutex> lock(gate.mutex);
  return gate.innermost == nullptr ? 0 : gate.innermost->token;
}

}  // namespace pawl
