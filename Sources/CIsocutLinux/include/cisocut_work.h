#ifndef CISOCUT_WORK_H
#define CISOCUT_WORK_H

#include <stdint.h>

/// Work that is always the same: `steps` times eight independent multiplications and additions of
/// eight floats. It needs the floating-point units all the time, as kernels of neural networks do,
/// so a neighbour on the same physical core shows in its time; a chain of dependent steps would
/// hardly slow down. The result only keeps the compiler from leaving the work out.
float cisocut_fixed_work(int64_t steps, float seed);

#endif
