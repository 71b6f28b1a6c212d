#ifndef CISOCUT_THREAD_H
#define CISOCUT_THREAD_H

/// Pins the calling thread to the given cores. Returns 0, or an errno value.
int cisocut_pin_current_thread(const int *cpus, int count);

#endif
