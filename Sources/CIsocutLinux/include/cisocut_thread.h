#ifndef CISOCUT_THREAD_H
#define CISOCUT_THREAD_H

#include <stdint.h>
#include <time.h>

/// Pins the calling thread to the given cores. Returns 0, or an errno value.
int cisocut_pin_current_thread(const int *cpus, int count);

/// Writes the ids of the cores that the calling thread may use, ascending, and returns how many
/// there are (at most `capacity` are written), or a negative errno value.
int cisocut_allowed_cpus(int *cpus, int capacity);

/// Starts a thread with a name (cut to 15 bytes) that is pinned to the given cores before its first
/// instruction; with no cores it may run where its creator may. Returns 0, or an errno value.
int cisocut_thread_start(
    uint64_t *handle, const char *name, const int *cpus, int count, void *(*body)(void *),
    void *argument);

/// Waits until a thread ends and frees what the system keeps of it. Returns 0, or an errno value.
int cisocut_thread_join(uint64_t handle);

/// Lets the system free a thread when it ends; nobody may join it any more.
int cisocut_thread_detach(uint64_t handle);

/// Tells the core that the caller spins.
static inline void cisocut_pause(void) {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("isb" ::: "memory");
#endif
}

/// Nanoseconds of the clock that never goes back (CLOCK_MONOTONIC).
static inline int64_t cisocut_monotonic_nanoseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/// Nanoseconds of processor time that the calling thread has used.
static inline int64_t cisocut_thread_cpu_nanoseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

#endif
