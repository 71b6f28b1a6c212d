#ifndef CISOCUT_FUTEX_H
#define CISOCUT_FUTEX_H

#include <stdint.h>

/// Sleeps while `*word == expected`, for at most `nanoseconds` (for ever when negative).
/// Returns 0 when woken, or an errno value: EAGAIN (the word was another), ETIMEDOUT, EINTR.
int cisocut_futex_wait(void *word, uint32_t expected, int64_t nanoseconds);

/// Wakes up to `count` threads of this process that sleep on `word`. Returns how many.
int cisocut_futex_wake(void *word, int count);

#endif
