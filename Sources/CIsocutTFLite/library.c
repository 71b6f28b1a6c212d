#include "library.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

static _Thread_local char failure[512];

void *cisocut_library_open(const char *path) {
  void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (!library) {
    const char *reason = dlerror();
    snprintf(failure, sizeof failure, "%s", reason ? reason : "unknown");
  }
  return library;
}

bool cisocut_library_find(void *library, const char *name, void *place) {
  void *function = dlsym(library, name);
  if (!function) {
    snprintf(failure, sizeof failure, "it has no symbol %s", name);
    return false;
  }
  memcpy(place, &function, sizeof function);
  return true;
}

const char *cisocut_library_failure(void) { return failure; }
