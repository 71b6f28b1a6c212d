#ifndef CISOCUT_EDGETPU_H
#define CISOCUT_EDGETPU_H

#include <stddef.h>
#include <stdint.h>

#include "cisocut_tflite.h"

// libedgetpu's C interface (edgetpu_c.h), as far as isocut calls it, declared by hand.
#pragma clang assume_nonnull begin

/// struct edgetpu_device.
typedef struct cisocut_edgetpu_device {
  /// 0 PCI, 1 USB.
  int32_t type;
  const char *path;
} cisocut_edgetpu_device;

/// The library's functions; the names are theirs without the prefix edgetpu_.
typedef struct cisocut_edgetpu_api {
  /// One allocation, NULL where there are none.
  cisocut_edgetpu_device *_Nullable (*_Nonnull list_devices)(size_t *count);
  void (*_Nonnull free_devices)(cisocut_edgetpu_device *);
  /// NULL on failure. isocut gives no options.
  cisocut_tflite_delegate *_Nullable (*_Nonnull create_delegate)(
      int32_t type, const char *path, const void *_Nullable options, size_t option_count);
  void (*_Nonnull free_delegate)(cisocut_tflite_delegate *);
  const char *_Nonnull (*_Nonnull version)(void);
} cisocut_edgetpu_api;

/// As cisocut_tflite_open.
const char *_Nullable cisocut_edgetpu_open(const char *path, cisocut_edgetpu_api *);

#pragma clang assume_nonnull end

#endif
