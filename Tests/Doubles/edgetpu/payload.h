// What the double of the compiler adds to the options of a compiled operator.
#include <stddef.h>

struct payload {
  // A TensorFlow Lite model with the operators; NULL in files of the vendor's compiler.
  const void *original;
  size_t original_size;
  // Bytes that do not fit on chip.
  long streamed;
};

// Reads a FlexBuffer whose offsets are four bytes wide; all zero for another one.
struct payload payload_read(const void *options, size_t size);
