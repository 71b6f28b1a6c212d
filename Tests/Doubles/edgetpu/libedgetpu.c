// Double of libedgetpu; see README.md beside it. The devices are listed here, and what runs on them
// is in delegate.c.
#include <pthread.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "delegate.h"

struct device {
  int type;  // 0 PCI, 1 USB
  const char *path;
};

enum { limit = 16 };
static char paths[limit][32];
static int refusals[limit];
// Threads of several stages list and open devices at the same time.
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static int list(struct device *devices) {
  const char *text = getenv("EDGETPU_DOUBLE_DEVICES");
  int count = 0;
  while (text && *text && count < limit) {
    const int is_usb = strncmp(text, "usb", 3) == 0;
    // Once: whoever listed devices before reads these.
    if (!*paths[count])
      snprintf(
          paths[count], sizeof paths[count], is_usb ? "/sys/bus/usb/devices/1-%d" : "/dev/apex_%d",
          count);
    devices[count].type = is_usb;
    devices[count].path = paths[count];
    count++;
    text = strchr(text, ',');
    if (text) text++;
  }
  return count;
}

struct device *edgetpu_list_devices(size_t *count) {
  struct device *devices = calloc(limit, sizeof *devices);
  pthread_mutex_lock(&lock);
  *count = (size_t)list(devices);
  pthread_mutex_unlock(&lock);
  if (*count > 0) return devices;
  free(devices);
  return NULL;
}

void edgetpu_free_devices(struct device *devices) { free(devices); }

static void log_opening(const char *path) {
  const char *log = getenv("EDGETPU_DOUBLE_DEVICE_LOG");
  FILE *file = log ? fopen(log, "a") : NULL;
  if (!file) return;
  fprintf(file, "%s\n", path);
  fclose(file);
}

void *edgetpu_create_delegate(
    int type, const char *path, const void *options, size_t option_count) {
  (void)options;
  (void)option_count;
  const char *refused = getenv("EDGETPU_DOUBLE_REFUSALS");
  struct device devices[limit];
  void *delegate = NULL;
  pthread_mutex_lock(&lock);
  const int count = list(devices);
  for (int i = 0; i < count; i++) {
    if (devices[i].type != type || strcmp(devices[i].path, path) != 0) continue;
    if (refusals[i]++ < (refused ? atoi(refused) : 0)) break;
    log_opening(path);
    delegate = delegate_create();
  }
  pthread_mutex_unlock(&lock);
  return delegate;
}

void edgetpu_free_delegate(void *delegate) { delegate_delete(delegate); }

const char *edgetpu_version(void) { return "double of libedgetpu"; }
