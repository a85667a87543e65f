// The module's surface, in the order of src/native/native-api.ts: arguments in, results or exceptions out, no logic.
// It keeps no state of its own per environment, so it loads on the main thread and in any number of worker threads.
#include <napi.h>

#include "abort_pause.h"
#include "arguments.h"
#include "capture_pipe.h"
#include "fd_io.h"
#include "fd_redirect.h"
#include "interrupt.h"
#include "process_bonds.h"
#include "sys_error.h"

namespace {

using Napi::CallbackInfo;
using Napi::Value;
using pawl::SysError;

Value Fail(Napi::Env env, const SysError& error) {
  pawl::ThrowSysError(env, error);
  return env.Undefined();
}

Value Done(Napi::Env env, const SysError& error) { return error ? Fail(env, error) : env.Undefined(); }

Value AskFor(const CallbackInfo& info, bool (*ask)(uint64_t)) {
  uint64_t token;
  if (!pawl::ReadToken(info, 0, &token)) return info.Env().Undefined();
  return Napi::Boolean::New(info.Env(), ask(token));
}

Value Redirect(const CallbackInfo& info) {
  const Napi::Env env = info.Env();
  int32_t pipe_bytes;
  if (!pawl::ReadInteger(info, 0, "pipeBytes", &pipe_bytes)) return env.Undefined();
  pawl::Redirected fds;
  if (const SysError error = pawl::RedirectStdio(static_cast<uint32_t>(pipe_bytes), &fds)) return Fail(env, error);
  Napi::Object result = Napi::Object::New(env);
  result.Set("controlIn", Napi::Number::New(env, fds.control_in));
  result.Set("controlOut", Napi::Number::New(env, fds.control_out));
  result.Set("originalStderr", Napi::Number::New(env, fds.original_stderr));
  result.Set("capturedStdout", Napi::Number::New(env, fds.captured_stdout));
  result.Set("capturedStderr", Napi::Number::New(env, fds.captured_stderr));
  return result;
}

Value CapturePipe(const CallbackInfo& info) {
  const Napi::Env env = info.Env();
  int32_t pipe_bytes;
  if (!pawl::ReadInteger(info, 0, "pipeBytes", &pipe_bytes)) return env.Undefined();
  pawl::CapturePipe pipe;
  if (const SysError error = pawl::OpenCapturePipe(static_cast<uint32_t>(pipe_bytes), &pipe)) return Fail(env, error);
  Napi::Object result = Napi::Object::New(env);
  result.Set("readEnd", Napi::Number::New(env, pipe.read_end.Release()));
  result.Set("writeEnd", Napi::Number::New(env, pipe.write_end.Release()));
  return result;
}

Value WriteAll(const CallbackInfo& info) {
  const Napi::Env env = info.Env();
  int32_t fd;
  pawl::Bytes bytes;
  if (!pawl::ReadInteger(info, 0, "fd", &fd) || !pawl::ReadBytes(info, 1, "bytes", &bytes)) return env.Undefined();
  return Done(env, pawl::WriteAll(fd, bytes.data, bytes.length));
}

Value WriteText(const CallbackInfo& info) {
  // What is no text is bytes, or refused as such.
  if (!info[1].IsString()) return WriteAll(info);
  int32_t fd;
  if (!pawl::ReadInteger(info, 0, "fd", &fd)) return info.Env().Undefined();
  const std::string text = info[1].As<Napi::String>();
  return Done(info.Env(), pawl::WriteAll(fd, reinterpret_cast<const uint8_t*>(text.data()), text.size()));
}

Value ReadAvailable(const CallbackInfo& info) {
  const Napi::Env env = info.Env();
  int32_t fd;
  pawl::Bytes into;
  if (!pawl::ReadInteger(info, 0, "fd", &fd) || !pawl::ReadBytes(info, 1, "into", &into)) return env.Undefined();
  size_t count;
  if (const SysError error = pawl::ReadAvailable(fd, into.data, into.length, &count)) return Fail(env, error);
  return Napi::Number::New(env, static_cast<double>(count));
}

Value HasBytes(const CallbackInfo& info) {
  int32_t fds[pawl::kLookedAt];
  for (size_t i = 0; i < pawl::kLookedAt; i++) {
    if (!pawl::ReadInteger(info, i, "fd", &fds[i])) return info.Env().Undefined();
  }
  bool result;
  if (const SysError error = pawl::HasBytes(fds, &result)) return Fail(info.Env(), error);
  return Napi::Boolean::New(info.Env(), result);
}

Value PendingBytes(const CallbackInfo& info) {
  int32_t fd;
  int count;
  if (!pawl::ReadInteger(info, 0, "fd", &fd)) return info.Env().Undefined();
  if (const SysError error = pawl::PendingBytes(fd, &count)) return Fail(info.Env(), error);
  return Napi::Number::New(info.Env(), count);
}

Value SetBlocking(const CallbackInfo& info) {
  int32_t fd;
  if (!pawl::ReadInteger(info, 0, "fd", &fd)) return info.Env().Undefined();
  return Done(info.Env(), pawl::SetBlocking(fd));
}

Value FlushStdio(const CallbackInfo& info) {
  pawl::FlushStdio();
  return info.Env().Undefined();
}

Value AdoptOrphans(const CallbackInfo& info) {
  bool supported;
  if (const SysError error = pawl::AdoptOrphans(&supported)) return Fail(info.Env(), error);
  return Napi::Boolean::New(info.Env(), supported);
}

Value PauseAborts(const CallbackInfo& info) {
  int32_t out;
  int32_t err;
  if (!pawl::ReadInteger(info, 0, "capturedStdout", &out)) return info.Env().Undefined();
  if (!pawl::ReadInteger(info, 1, "capturedStderr", &err)) return info.Env().Undefined();
  return Done(info.Env(), pawl::PauseAborts(out, err));
}

Value ExitNow(const CallbackInfo& info) {
  int32_t code;
  if (!pawl::ReadInteger(info, 0, "code", &code)) return info.Env().Undefined();
  pawl::ExitNow(code);
}

Value PrepareInterrupts(const CallbackInfo& info) {
  const std::string obstacle = pawl::PrepareInterrupts();
  return obstacle.empty() ? info.Env().Null() : Value(Napi::String::New(info.Env(), obstacle));
}

Value Guard(const CallbackInfo& info) {
  const Napi::Env env = info.Env();
  uint64_t token;
  Napi::Function call;
  if (!pawl::ReadToken(info, 0, &token) || !pawl::ReadFunction(info, 1, "call", &call)) return env.Undefined();
  napi_value value;
  const pawl::GuardOutcome outcome = pawl::Guard(env, token, call, &value);
  if (outcome == pawl::GuardOutcome::kThrew) return Value();
  if (outcome == pawl::GuardOutcome::kRefused) {
    Napi::Error::New(env, "guard() needs prepareInterrupts() on the same thread").ThrowAsJavaScriptException();
    return env.Undefined();
  }
  if (info.Length() > 2) return outcome == pawl::GuardOutcome::kInterrupted ? info[2] : Value(env, value);
  Napi::Object result = Napi::Object::New(env);
  result.Set("interrupted", Napi::Boolean::New(env, outcome == pawl::GuardOutcome::kInterrupted));
  if (outcome == pawl::GuardOutcome::kReturned) result.Set("value", value);
  return result;
}

Value Interrupt(const CallbackInfo& info) { return AskFor(info, pawl::Interrupt); }

Value Nudge(const CallbackInfo& info) { return AskFor(info, pawl::Nudge); }

Value TokenInside(const CallbackInfo& info) {
  return Napi::Number::New(info.Env(), static_cast<double>(pawl::TokenInside()));
}

Value FatalException(const CallbackInfo& info) {
  napi_fatal_exception(info.Env(), info[0]);
  return info.Env().Undefined();
}

Value Reap(const CallbackInfo& info) {
  int32_t pid;
  if (!pawl::ReadInteger(info, 0, "pid", &pid)) return info.Env().Undefined();
  return Napi::Boolean::New(info.Env(), pawl::Reap(pid));
}

Napi::Object Init(Napi::Env env, Napi::Object exports) {
  exports.Set("redirect", Napi::Function::New<Redirect>(env, "redirect"));
  exports.Set("capturePipe", Napi::Function::New<CapturePipe>(env, "capturePipe"));
  exports.Set("writeAll", Napi::Function::New<WriteAll>(env, "writeAll"));
  exports.Set("writeText", Napi::Function::New<WriteText>(env, "writeText"));
  exports.Set("readAvailable", Napi::Function::New<ReadAvailable>(env, "readAvailable"));
  exports.Set("hasBytes", Napi::Function::New<HasBytes>(env, "hasBytes"));
  exports.Set("pendingBytes", Napi::Function::New<PendingBytes>(env, "pendingBytes"));
  exports.Set("setBlocking", Napi::Function::New<SetBlocking>(env, "setBlocking"));
  exports.Set("flushStdio", Napi::Function::New<FlushStdio>(env, "flushStdio"));
  exports.Set("adoptOrphans", Napi::Function::New<AdoptOrphans>(env, "adoptOrphans"));
  exports.Set("pauseAborts", Napi::Function::New<PauseAborts>(env, "pauseAborts"));
  exports.Set("exitNow", Napi::Function::New<ExitNow>(env, "exitNow"));
  exports.Set("prepareInterrupts", Napi::Function::New<PrepareInterrupts>(env, "prepareInterrupts"));
  exports.Set("guard", Napi::Function::New<Guard>(env, "guard"));
  exports.Set("interrupt", Napi::Function::New<Interrupt>(env, "interrupt"));
  exports.Set("nudge", Napi::Function::New<Nudge>(env, "nudge"));
  exports.Set("tokenInside", Napi::Function::New<TokenInside>(env, "tokenInside"));
  exports.Set("fatalException", Napi::Function::New<FatalException>(env, "fatalException"));
  exports.Set("reap", Napi::Function::New<Reap>(env, "reap"));
  return exports;
}

}  // namespace

NODE_API_MODULE(pawl, Init)
