#define _GNU_SOURCE
#include "cisocut_thread.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>

int cisocut_pin_current_thread(const int *cpus, int count) {
  cpu_set_t set;
  CPU_ZERO(&set);
  for (int i = 0; i < count; i++) {
    if (cpus[i] < 0 || cpus[i] >= CPU_SETSIZE) return EINVAL;
    CPU_SET(cpus[i], &set);
  }
  return pthread_setaffinity_np(pthread_self(), sizeof set, &set);
}
