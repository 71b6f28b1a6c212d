#include "cisocut_work.h"

typedef float eight __attribute__((vector_size(32)));

/// 16 KiB, which every core's first cache holds.
static const eight numbers[512] = {[0 ... 511] = {1, 1, 1, 1, 1, 1, 1, 1}};

// Loads must be the limit. Without the wide registers twice as much arithmetic is done for the same
// bytes, and a neighbour hardly shows.
#if defined(__x86_64__)
__attribute__((target_clones("arch=x86-64-v3", "default")))
#endif
float cisocut_fixed_work(int64_t passes) {
  eight sums[8] = {{0}};
  for (int64_t pass = 0; pass < passes; pass++) {
    const eight *data = numbers;
    __asm__ volatile("" : "+r"(data));  // or the compiler would know the numbers
    for (int first = 0; first < 512; first += 8) {
      for (int index = 0; index < 8; index++) {
        sums[index] = sums[index] * 0.5f + data[first + index];
      }
    }
  }
  eight total = sums[0];
  for (int index = 1; index < 8; index++) total += sums[index];
  return total[0];
}

const char *cisocut_fixed_work_build(void) {
#ifdef __OPTIMIZE__
  return "fixed work 1, " __VERSION__ ", optimized";
#else
  return "fixed work 1, " __VERSION__;
#endif
}

int64_t cisocut_chained_work(int64_t steps) {
  int64_t product = 3;
  for (int64_t step = 0; step < steps; step++) {
    product = (int64_t)((uint64_t)product * 6364136223846793005u);
    __asm__ volatile("" : "+r"(product));  // or the compiler would unroll the chain into one product
  }
  return product;
}
