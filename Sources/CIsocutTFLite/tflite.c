#include "cisocut_tflite.h"

#include "library.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

_Static_assert(sizeof(cisocut_tflite_xnnpack_options) == 32, "TfLiteXNNPackDelegateOptions");
_Static_assert(sizeof(cisocut_tflite_profiler) == 7 * sizeof(void *), "seven entries");

#define FIND(entry) cisocut_library_find(library, "TfLite" #entry, &api->entry)

const char *cisocut_tflite_open(const char *path, cisocut_tflite_api *api) {
  void *library = cisocut_library_open(path);
  if (!library) return cisocut_library_failure();
  bool found = FIND(Version) && FIND(InterpreterOptionsCreate) && FIND(InterpreterOptionsDelete)
      && FIND(InterpreterOptionsSetNumThreads) && FIND(InterpreterOptionsAddDelegate)
      && FIND(InterpreterOptionsSetTelemetryProfiler) && FIND(ModelDelete)
      && FIND(InterpreterCreate) && FIND(InterpreterDelete) && FIND(InterpreterAllocateTensors)
      && FIND(InterpreterInvoke) && FIND(InterpreterResetVariableTensors)
      && FIND(InterpreterGetInputTensorCount) && FIND(InterpreterGetOutputTensorCount)
      && FIND(InterpreterInputTensorIndices) && FIND(InterpreterOutputTensorIndices)
      && FIND(InterpreterGetTensor) && FIND(InterpreterResizeInputTensor)
      && FIND(InterpreterSetCustomAllocationForTensor) && FIND(TensorType) && FIND(TensorNumDims)
      && FIND(TensorDim) && FIND(TensorByteSize) && FIND(TensorData) && FIND(TensorName)
      && FIND(XNNPackDelegateCreate) && FIND(XNNPackDelegateDelete)
      && FIND(ModelCreateFromFileWithErrorReporter) && FIND(InterpreterOptionsSetErrorReporter)
      && FIND(XNNPackDelegateOptionsDefault);
  return found ? NULL : cisocut_library_failure();
}

static void (*_Atomic log_line)(const char *);

void cisocut_tflite_set_log(void (*line)(const char *)) { atomic_store(&log_line, line); }

static void report(void *user, const char *format, va_list arguments) {
  char line[1024];
  vsnprintf(line, sizeof line, format, arguments);
  void (*sink)(const char *) = atomic_load(&log_line);
  if (sink) sink(line);
}

cisocut_tflite_model *cisocut_tflite_model_create(
    const cisocut_tflite_api *api, const char *path) {
  cisocut_tflite_model *(*create)(
      const char *, void (*)(void *, const char *, va_list), void *);
  memcpy(&create, &api->ModelCreateFromFileWithErrorReporter, sizeof create);
  return create(path, report, NULL);
}

void cisocut_tflite_options_report(
    const cisocut_tflite_api *api, cisocut_tflite_options *options) {
  void (*set)(cisocut_tflite_options *, void (*)(void *, const char *, va_list), void *);
  memcpy(&set, &api->InterpreterOptionsSetErrorReporter, sizeof set);
  set(options, report, NULL);
}

cisocut_tflite_xnnpack_options cisocut_tflite_xnnpack_defaults(const cisocut_tflite_api *api) {
  cisocut_tflite_xnnpack_options (*defaults)(void);
  memcpy(&defaults, &api->XNNPackDelegateOptionsDefault, sizeof defaults);
  return defaults();
}
