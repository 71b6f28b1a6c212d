#ifndef CISOCUT_WORK_H
#define CISOCUT_WORK_H

#include <stdint.h>

/// Work that is always the same: `passes` times over 16 KiB, reading, multiplying and adding eight
/// floats at a time. It keeps the ports to the first cache and the floating-point units busy, as
/// kernels of neural networks do, so a neighbour on the same physical core shows in its time; work
/// that waits for its own results leaves room for a neighbour and does not show it. The result only
/// keeps the compiler from leaving the work out.
float cisocut_fixed_work(int64_t passes);

/// What the time of that work depends on beside the core: compiler and optimisation. A change of the
/// work itself raises the number in front.
const char *cisocut_fixed_work_build(void);

/// So many multiplications, each of which waits for the one before. A neighbour on the same physical
/// core does not slow them, so their time tells the clock's frequency.
int64_t cisocut_chained_work(int64_t steps);

#endif
