// C++ exceptions are off: where the standard library would throw (no memory, a defect of ours), the process ends with
// one line on stderr, and the server reports a crashed worker.
// It also keeps the binary portable: without these definitions the static libstdc++ brings its unwinder along, and
// that needs a newer glibc than Node itself does (scripts/prepack.mjs checks the ceiling).
#include <cstdio>
#include <cstdlib>
#include <new>

#ifdef __GLIBCXX__

namespace {

[[noreturn]] void End(const char* reason) {
  fprintf(stderr, "pawl addon: %s\n", reason);
  abort();
}

void* Allocate(std::size_t size) {
  void* memory = malloc(size == 0 ? 1 : size);
  if (memory == nullptr) End("out of memory");
  return memory;
}

}  // namespace

namespace std {
[[noreturn]] void __throw_length_error(const char* reason) { End(reason); }
[[noreturn]] void __throw_logic_error(const char* reason) { End(reason); }
[[noreturn]] void __throw_out_of_range_fmt(const char* reason, ...) { End(reason); }
[[noreturn]] void __throw_bad_alloc() { End("out of memory"); }
[[noreturn]] void __throw_bad_array_new_length() { End("array too long"); }
[[noreturn]] void __throw_bad_function_call() { End("empty function called"); }
[[noreturn]] void __throw_system_error(int number) {
  fprintf(stderr, "pawl addon: system error %d\n", number);
  abort();
}
}  // namespace std

void* operator new(std::size_t size) { return Allocate(size); }
void* operator new[](std::size_t size) { return Allocate(size); }
void operator delete(void* memory) noexcept { free(memory); }
void operator delete[](void* memory) noexcept { free(memory); }
void operator delete(void* memory, std::size_t) noexcept { free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { free(memory); }

#endif  // __GLIBCXX__
