#ifndef CISOCUT_LIBRARY_H
#define CISOCUT_LIBRARY_H

#include <stdbool.h>

/// Opens a library at run time; NULL where it cannot be.
void *cisocut_library_open(const char *path);

/// Stores the function of that name in the pointer at `place`; false where there is none.
bool cisocut_library_find(void *library, const char *name, void *place);

/// Why the last call in this thread failed.
const char *cisocut_library_failure(void);

#endif
