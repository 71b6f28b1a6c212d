#include "cisocut_work.h"

typedef float eight __attribute__((vector_size(32)));

float cisocut_fixed_work(int64_t steps, float seed) {
  eight factor = {0.999f, 0.999f, 0.999f, 0.999f, 0.999f, 0.999f, 0.999f, 0.999f};
  eight summand = factor - 0.998f;
  eight sums[8];
  for (int index = 0; index < 8; index++) sums[index] = summand * seed * (float)(index + 1);
  // The values go towards 1 and never become denormal, which would take longer.
  for (int64_t step = 0; step < steps; step++) {
    for (int index = 0; index < 8; index++) sums[index] = sums[index] * factor + summand;
  }
  eight total = sums[0];
  for (int index = 1; index < 8; index++) total += sums[index];
  return total[0];
}
