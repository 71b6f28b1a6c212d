#define _GNU_SOURCE
#include "cisocut_thread.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>

// More cores than any Linux build counts (CONFIG_NR_CPUS is at most 8192).
enum { largest_cpu_count = 8192 };
typedef union {
  cpu_set_t first;
  unsigned long words[largest_cpu_count / (8 * sizeof(unsigned long))];
} cpu_mask;

static int fill(cpu_mask *mask, const int *cpus, int count) {
  CPU_ZERO_S(sizeof *mask, &mask->first);
  for (int i = 0; i < count; i++) {
    if (cpus[i] < 0 || cpus[i] >= largest_cpu_count) return EINVAL;
    CPU_SET_S(cpus[i], sizeof *mask, &mask->first);
  }
  return 0;
}

int cisocut_pin_current_thread(const int *cpus, int count) {
  cpu_mask mask;
  int error = fill(&mask, cpus, count);
  return error ? error : pthread_setaffinity_np(pthread_self(), sizeof mask, &mask.first);
}

int cisocut_allowed_cpus(int *cpus, int capacity) {
  cpu_mask mask;
  memset(&mask, 0, sizeof mask);
  int error = pthread_getaffinity_np(pthread_self(), sizeof mask, &mask.first);
  if (error) return -error;
  int count = 0;
  for (int cpu = 0; cpu < largest_cpu_count; cpu++) {
    if (!CPU_ISSET_S(cpu, sizeof mask, &mask.first)) continue;
    if (count < capacity) cpus[count] = cpu;
    count++;
  }
  return count;
}

int cisocut_thread_start(
    uint64_t *handle, const char *name, const int *cpus, int count, void *(*body)(void *),
    void *argument) {
  pthread_attr_t attributes;
  int error = pthread_attr_init(&attributes);
  if (error) return error;
  if (count > 0) {
    cpu_mask mask;
    error = fill(&mask, cpus, count);
    if (!error) error = pthread_attr_setaffinity_np(&attributes, sizeof mask, &mask.first);
  }
  pthread_t thread;
  if (!error) error = pthread_create(&thread, &attributes, body, argument);
  pthread_attr_destroy(&attributes);
  if (error) return error;
  char shortened[16];
  strncpy(shortened, name, sizeof shortened - 1);
  shortened[sizeof shortened - 1] = 0;
  pthread_setname_np(thread, shortened);
  *handle = (uint64_t)thread;
  return 0;
}

int cisocut_thread_join(uint64_t handle) { return pthread_join((pthread_t)handle, NULL); }

int cisocut_thread_detach(uint64_t handle) { return pthread_detach((pthread_t)handle); }
