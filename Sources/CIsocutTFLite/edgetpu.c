#include "cisocut_edgetpu.h"

#include "library.h"

_Static_assert(sizeof(cisocut_edgetpu_device) == 2 * sizeof(void *), "struct edgetpu_device");

#define FIND(entry) cisocut_library_find(library, "edgetpu_" #entry, &api->entry)

const char *cisocut_edgetpu_open(const char *path, cisocut_edgetpu_api *api) {
  void *library = cisocut_library_open(path);
  if (!library) return cisocut_library_failure();
  const bool found = FIND(list_devices) && FIND(free_devices) && FIND(create_delegate)
      && FIND(free_delegate) && FIND(version);
  return found ? NULL : cisocut_library_failure();
}
