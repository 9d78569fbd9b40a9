// Tells ThreadSanitizer of the locks that it cannot see.
//
// Swift's Mutex on Linux takes a free lock by an atomic operation in the caller's own code, which is instrumented, and
// leaves the rest to futex(2) in libswiftSynchronization.so, which is not: whoever had to wait for a lock would be said to
// race with who had it before. 'hack/test --sanitize=thread' loads this library before that one.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdbool.h>
#include <stdint.h>

// The sanitizer's own; none in a program that is built without it, such as git.
extern void __tsan_acquire(void *address) __attribute__((weak));
extern void __tsan_release(void *address) __attribute__((weak));

#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context)) void *self

#define LOCK "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define TRY_LOCK "$s15Synchronization12_MutexHandleV12_tryLockSlowSbyF"
#define UNLOCK "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

static SWIFT void (*real_lock)(uint32_t thread, SELF);
static SWIFT bool (*real_try_lock)(SELF);
static SWIFT void (*real_unlock)(SELF);

__attribute__((constructor)) static void find(void) {
  real_lock = dlsym(RTLD_NEXT, LOCK);
  real_try_lock = dlsym(RTLD_NEXT, TRY_LOCK);
  real_unlock = dlsym(RTLD_NEXT, UNLOCK);
}

SWIFT void rampart_lock(uint32_t thread, SELF) __asm__(LOCK);
SWIFT void rampart_lock(uint32_t thread, SELF) {
  real_lock(thread, self);
  if (__tsan_acquire) __tsan_acquire(self);
}

SWIFT bool rampart_try_lock(SELF) __asm__(TRY_LOCK);
SWIFT bool rampart_try_lock(SELF) {
  bool has_it = real_try_lock(self);
  if (has_it && __tsan_acquire) __tsan_acquire(self);
  return has_it;
}

SWIFT void rampart_unlock(SELF) __asm__(UNLOCK);
SWIFT void rampart_unlock(SELF) {
  if (__tsan_release) __tsan_release(self);
  real_unlock(self);
}
