// Uses libuv's names and texts, so that our errors read exactly like those of node:fs.
#include "sys_error.h"

#include <string>

// Part of libuv's stable surface and exported by every Node executable; declared here because the Node-API headers
// do not carry uv.h.
extern "C" const char* uv_err_name(int error);
extern "C" const char* uv_strerror(int error);

namespace pawl {

void ThrowSysError(Napi::Env env, const SysError& error) {
  const int number = -error.number;
  const std::string name = uv_err_name(number);
  Napi::Error thrown = Napi::Error::New(env, name + ": " + uv_strerror(number) + ", " + error.syscall);
  thrown.Set("code", Napi::String::New(env, name));
  thrown.Set("errno", Napi::Number::New(env, number));
  thrown.Set("syscall", Napi::String::New(env, error.syscall));
  thrown.ThrowAsJavaScriptException();
}

}  // namespace pawl
