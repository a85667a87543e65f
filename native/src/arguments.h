// Reads arguments from JavaScript. A wrong type is a defect of the caller and becomes a TypeError, before any system
// call could act on descriptor 0 by mistake.
#ifndef PAWL_ARGUMENTS_H_
#define PAWL_ARGUMENTS_H_

#include <napi.h>

#include <cstdint>
#include <string>

namespace pawl {

/** An integer from 0 to 2^31-1: a descriptor, a size, an exit code. False with an exception pending. */
inline bool ReadInteger(const Napi::CallbackInfo& info, size_t index, const char* name, int32_t* value) {
  if (info[index].IsNumber()) {
    const double number = info[index].As<Napi::Number>().DoubleValue();
    *value = number >= 0 && number <= INT32_MAX ? static_cast<int32_t>(number) : -1;
    if (*value == number) return true;
  }
  Napi::TypeError::New(info.Env(), std::string(name) + " must be an integer from 0 to 2147483647")
      .ThrowAsJavaScriptException();
  return false;
}

/** An integer from 1 to 2^53-1. False with an exception pending. */
inline bool ReadToken(const Napi::CallbackInfo& info, size_t index, uint64_t* token) {
  constexpr double kLargest = 9007199254740991;
  if (info[index].IsNumber()) {
    const double number = info[index].As<Napi::Number>().DoubleValue();
    *token = number >= 1 && number <= kLargest ? static_cast<uint64_t>(number) : 0;
    if (static_cast<double>(*token) == number && *token != 0) return true;
  }
  Napi::TypeError::New(info.Env(), "token must be an integer from 1 to 9007199254740991").ThrowAsJavaScriptException();
  return false;
}

/** False with an exception pending. */
inline bool ReadFunction(const Napi::CallbackInfo& info, size_t index, const char* name, Napi::Function* function) {
  if (info[index].IsFunction()) {
    *function = info[index].As<Napi::Function>();
    return true;
  }
  Napi::TypeError::New(info.Env(), std::string(name) + " must be a function").ThrowAsJavaScriptException();
  return false;
}

struct Bytes {
  uint8_t* data;
  size_t length;
};

/** The memory of a Uint8Array, valid until the call returns to JavaScript. False with an exception pending. */
inline bool ReadBytes(const Napi::CallbackInfo& info, size_t index, const char* name, Bytes* bytes) {
  if (info[index].IsTypedArray()) {
    const Napi::TypedArray array = info[index].As<Napi::TypedArray>();
    if (array.TypedArrayType() == napi_uint8_array) {
      const Napi::Uint8Array view = array.As<Napi::Uint8Array>();
      *bytes = Bytes{const_cast<uint8_t*>(view.Data()), view.ElementLength()};
      return true;
    }
  }
  Napi::TypeError::New(info.Env(), std::string(name) + " must be a Uint8Array").ThrowAsJavaScriptException();
  return false;
}

}  // namespace pawl

#endif  // PAWL_ARGUMENTS_H_
