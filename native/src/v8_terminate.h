// The only file that names V8: three symbols that Node's executables export from version 18 on, looked up at run time.
// Nothing here depends on the layout of V8's classes, so one binary serves every version.
#ifndef PAWL_V8_TERMINATE_H_
#define PAWL_V8_TERMINATE_H_

namespace pawl {

class V8Terminate {
 public:
  /** Looks the symbols up. Null, or the one that is missing, and then nothing else here may be called. */
  const char* Load();
  /** The isolate of the calling thread; null on a thread without JavaScript. */
  void* CurrentIsolate() const { return current_(); }
  /** From any thread: JavaScript of `isolate` ends at its next check. Asking twice is asking once. */
  void Terminate(void* isolate) const { terminate_(isolate); }
  /** On the isolate's own thread: forgets a termination that was asked for, and one that is unwinding. */
  void Cancel(void* isolate) const { cancel_(isolate); }

 private:
  void* (*current_)() = nullptr;
  void (*terminate_)(void*) = nullptr;
  void (*cancel_)(void*) = nullptr;
};

}  // namespace pawl

#endif  // PAWL_V8_TERMINATE_H_
