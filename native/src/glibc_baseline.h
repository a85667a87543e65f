// Binds functions that glibc 2.34 moved into libc to the version they had before, so that the addon also loads on
// systems with an older glibc (scripts/glibc-ceiling.mjs). Included by the files that call them.
#ifndef PAWL_GLIBC_BASELINE_H_
#define PAWL_GLIBC_BASELINE_H_

#include <features.h>

#if defined(__GLIBC__) && defined(__x86_64__)
#define PAWL_GLIBC_BASE "GLIBC_2.2.5"
#elif defined(__GLIBC__) && defined(__aarch64__)
#define PAWL_GLIBC_BASE "GLIBC_2.17"
#endif

#ifdef PAWL_GLIBC_BASE
__asm__(".symver dlsym,dlsym@" PAWL_GLIBC_BASE);
__asm__(".symver pthread_kill,pthread_kill@" PAWL_GLIBC_BASE);
__asm__(".symver pthread_sigmask,pthread_sigmask@" PAWL_GLIBC_BASE);
#endif

#endif  // PAWL_GLIBC_BASELINE_H_
