#include "payload.h"

#include <stdint.h>
#include <string.h>

static uint32_t number(const unsigned char *place) {
  uint32_t value;
  memcpy(&value, place, sizeof value);
  return value;
}

struct payload payload_read(const void *options, size_t size) {
  struct payload found = {NULL, 0, 0};
  const unsigned char *bytes = options;
  enum { map_of_fours = 9 << 2 | 2, width = 4 };
  if (size < 16 || bytes[size - 1] != width || bytes[size - 2] != map_of_fours) return found;
  const unsigned char *root = bytes + size - 2 - width;
  const unsigned char *map = root - number(root);
  const unsigned char *keys = map - 3 * width - number(map - 3 * width);
  const uint32_t count = number(map - width);
  for (uint32_t i = 0; i < count; i++) {
    const unsigned char *slot = keys + i * width, *value = map + i * width;
    const char *key = (const char *)(slot - number(slot));
    if (strcmp(key, "original") == 0) {
      found.original = value - number(value);
      found.original_size = number((const unsigned char *)found.original - width);
    } else if (strcmp(key, "streamed") == 0) {
      found.streamed = (long)number(value);
    }
  }
  return found;
}
