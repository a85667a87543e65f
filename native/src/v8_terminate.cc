#include "v8_terminate.h"

#include <dlfcn.h>

#ifdef __linux__
#include "glibc_baseline.h"
#endif

namespace pawl {
namespace {

/** Null, or the symbol where it is missing. */
template <typename Function>
const char* Find(const char* symbol, Function* function) {
  *function = reinterpret_cast<Function>(dlsym(RTLD_DEFAULT, symbol));
  return *function == nullptr ? symbol : nullptr;
}

}  // namespace

const char* V8Terminate::Load() {
  // Names as the Itanium C++ ABI mangles them; dlsym adds macOS's leading underscore. In that ABI a member function
  // without arguments is called like a free function that takes the object.
  const char* missing = Find("_ZN2v87Isolate13TryGetCurrentEv", &current_);
  if (missing == nullptr) missing = Find("_ZN2v87Isolate18TerminateExecutionEv", &terminate_);
  if (missing == nullptr) missing = Find("_ZN2v87Isolate24CancelTerminateExecutionEv", &cancel_);
  return missing;
}

}  // namespace pawl
