// Counts what a program allocates and copies. Preloaded (LD_PRELOAD), it stands before the C library.
//
//   cc -O2 -shared -fPIC -o count_calls.so count_calls.c -ldl
//
// The program finds `cisocut_counted_calls` by dlsym and reads the sums when it likes. Copies are
// counted from 256 bytes on: below that, compilers copy values on their own account.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { smallest_copy = 256 };

static atomic_long allocations, frees, copies, copied_bytes;

// What the real functions are; filled at first use. dlsym itself allocates, from `early`.
static void *(*real_malloc)(size_t);
static void *(*real_calloc)(size_t, size_t);
static void *(*real_realloc)(void *, size_t);
static int (*real_posix_memalign)(void **, size_t, size_t);
static void *(*real_aligned_alloc)(size_t, size_t);
static void (*real_free)(void *);

static _Alignas(64) char early[1 << 16];
static atomic_size_t early_used;
static _Thread_local int is_resolving;

static void *take_early(size_t size) {
  size_t start = atomic_fetch_add(&early_used, (size + 63) & ~(size_t)63);
  return start + size <= sizeof early ? early + start : NULL;
}

static void resolve(void) {
  if (real_free || is_resolving) return;
  is_resolving = 1;
  real_malloc = dlsym(RTLD_NEXT, "malloc");
  real_calloc = dlsym(RTLD_NEXT, "calloc");
  real_realloc = dlsym(RTLD_NEXT, "realloc");
  real_posix_memalign = dlsym(RTLD_NEXT, "posix_memalign");
  real_aligned_alloc = dlsym(RTLD_NEXT, "aligned_alloc");
  real_free = dlsym(RTLD_NEXT, "free");
  is_resolving = 0;
}

void *malloc(size_t size) {
  resolve();
  atomic_fetch_add_explicit(&allocations, 1, memory_order_relaxed);
  return real_malloc ? real_malloc(size) : take_early(size);
}

void *calloc(size_t count, size_t size) {
  resolve();
  atomic_fetch_add_explicit(&allocations, 1, memory_order_relaxed);
  return real_calloc ? real_calloc(count, size) : take_early(count * size);
}

void *realloc(void *old, size_t size) {
  resolve();
  atomic_fetch_add_explicit(&allocations, 1, memory_order_relaxed);
  return real_realloc(old, size);
}

int posix_memalign(void **out, size_t alignment, size_t size) {
  resolve();
  atomic_fetch_add_explicit(&allocations, 1, memory_order_relaxed);
  return real_posix_memalign(out, alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
  resolve();
  atomic_fetch_add_explicit(&allocations, 1, memory_order_relaxed);
  return real_aligned_alloc(alignment, size);
}

void free(void *memory) {
  resolve();
  if ((char *)memory >= early && (char *)memory < early + sizeof early) return;
  if (memory) atomic_fetch_add_explicit(&frees, 1, memory_order_relaxed);
  if (real_free) real_free(memory);
}

static void note_copy(size_t size) {
  if (size < smallest_copy) return;
  atomic_fetch_add_explicit(&copies, 1, memory_order_relaxed);
  atomic_fetch_add_explicit(&copied_bytes, (long)size, memory_order_relaxed);
}

void *memcpy(void *restrict to, const void *restrict from, size_t size) {
  note_copy(size);
  void *result = to;
  __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(size)::"memory");
  return result;
}

void *memmove(void *to, const void *from, size_t size) {
  note_copy(size);
  char *target = to;
  const char *source = from;
  if (target <= source || target >= source + size) {
    void *start = to;
    __asm__ volatile("rep movsb" : "+D"(start), "+S"(from), "+c"(size)::"memory");
  } else {
    for (size_t i = size; i > 0; i--) {
      target[i - 1] = source[i - 1];
      __asm__ volatile("" ::: "memory");
    }
  }
  return to;
}

void cisocut_counted_calls(long sums[4]) {
  sums[0] = atomic_load(&allocations);
  sums[1] = atomic_load(&frees);
  sums[2] = atomic_load(&copies);
  sums[3] = atomic_load(&copied_bytes);
}
