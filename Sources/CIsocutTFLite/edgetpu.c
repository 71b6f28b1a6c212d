#include "cisocut_edgetpu.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

_Static_assert(sizeof(cisocut_edgetpu_device) == 2 * sizeof(void *), "struct edgetpu_device");

static _Thread_local char failure[512];

static bool find(void *library, const char *name, void *place) {
  void *function = dlsym(library, name);
  if (!function) {
    snprintf(failure, sizeof failure, "it has no symbol %s", name);
    return false;
  }
  memcpy(place, &function, sizeof function);
  return true;
}

#define FIND(entry) find(library, "edgetpu_" #entry, &api->entry)

const char *cisocut_edgetpu_open(const char *path, cisocut_edgetpu_api *api) {
  void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (!library) {
    const char *reason = dlerror();
    snprintf(failure, sizeof failure, "%s", reason ? reason : "unknown");
    return failure;
  }
  const bool found = FIND(list_devices) && FIND(free_devices) && FIND(create_delegate)
      && FIND(free_delegate) && FIND(version);
  return found ? NULL : failure;
}
