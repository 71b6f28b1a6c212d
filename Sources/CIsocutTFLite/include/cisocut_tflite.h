#ifndef CISOCUT_TFLITE_H
#define CISOCUT_TFLITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// TensorFlow Lite's C interface, as far as isocut calls it, declared by hand: the library is found
// at run time and its headers are not needed.
//
// Pointers are non-null unless they say so.
#pragma clang assume_nonnull begin

typedef struct cisocut_tflite_model cisocut_tflite_model;
typedef struct cisocut_tflite_options cisocut_tflite_options;
typedef struct cisocut_tflite_interpreter cisocut_tflite_interpreter;
typedef struct cisocut_tflite_tensor cisocut_tflite_tensor;
typedef struct cisocut_tflite_delegate cisocut_tflite_delegate;

/// TfLiteStatus: 0 is success.
typedef int32_t cisocut_tflite_status;

/// TfLiteCustomAllocation: memory of the caller, aligned to 64 bytes.
typedef struct cisocut_tflite_allocation {
  void *data;
  size_t byte_count;
} cisocut_tflite_allocation;

/// TfLiteXNNPackDelegateOptions.
typedef struct cisocut_tflite_xnnpack_options {
  int32_t thread_count;
  uint32_t flags;
  void *_Nullable weights_cache;
  bool handles_variables;
  const char *_Nullable cache_path;
} cisocut_tflite_xnnpack_options;

/// TfLiteTelemetryProfilerStruct. Its layout is that of version 2.17; all entries must be set.
typedef struct cisocut_tflite_profiler {
  void *_Nullable data;
  void (*_Nonnull report_event)(
      struct cisocut_tflite_profiler *, const char *_Nullable name, uint64_t status);
  void (*_Nonnull report_operator_event)(
      struct cisocut_tflite_profiler *, const char *_Nullable name, int64_t operator_index,
      int64_t subgraph, uint64_t status);
  void (*_Nonnull report_settings)(
      struct cisocut_tflite_profiler *, const char *_Nullable name, const void *_Nullable settings);
  uint32_t (*_Nonnull begin_operator)(
      struct cisocut_tflite_profiler *, const char *_Nullable name, int64_t operator_index,
      int64_t subgraph);
  void (*_Nonnull end_operator)(struct cisocut_tflite_profiler *, uint32_t handle);
  void (*_Nonnull report_operator)(
      struct cisocut_tflite_profiler *, const char *_Nullable name, uint64_t microseconds,
      int64_t operator_index, int64_t subgraph);
} cisocut_tflite_profiler;

/// The library's functions; the names are theirs without the prefix TfLite.
typedef struct cisocut_tflite_api {
  const char *_Nonnull (*_Nonnull Version)(void);
  cisocut_tflite_options *_Nullable (*_Nonnull InterpreterOptionsCreate)(void);
  void (*_Nonnull InterpreterOptionsDelete)(cisocut_tflite_options *);
  void (*_Nonnull InterpreterOptionsSetNumThreads)(cisocut_tflite_options *, int32_t);
  /// The delegate must outlive the interpreter.
  void (*_Nonnull InterpreterOptionsAddDelegate)(
      cisocut_tflite_options *, cisocut_tflite_delegate *);
  void (*_Nonnull InterpreterOptionsSetTelemetryProfiler)(
      cisocut_tflite_options *, cisocut_tflite_profiler *);
  void (*_Nonnull ModelDelete)(cisocut_tflite_model *);
  cisocut_tflite_interpreter *_Nullable (*_Nonnull InterpreterCreate)(
      const cisocut_tflite_model *, const cisocut_tflite_options *_Nullable);
  void (*_Nonnull InterpreterDelete)(cisocut_tflite_interpreter *);
  cisocut_tflite_status (*_Nonnull InterpreterAllocateTensors)(cisocut_tflite_interpreter *);
  cisocut_tflite_status (*_Nonnull InterpreterInvoke)(cisocut_tflite_interpreter *);
  cisocut_tflite_status (*_Nonnull InterpreterResetVariableTensors)(cisocut_tflite_interpreter *);
  int32_t (*_Nonnull InterpreterGetInputTensorCount)(const cisocut_tflite_interpreter *);
  int32_t (*_Nonnull InterpreterGetOutputTensorCount)(const cisocut_tflite_interpreter *);
  const int32_t *_Nullable (*_Nonnull InterpreterInputTensorIndices)(
      const cisocut_tflite_interpreter *);
  const int32_t *_Nullable (*_Nonnull InterpreterOutputTensorIndices)(
      const cisocut_tflite_interpreter *);
  /// Any tensor of the main subgraph. Invalid after tensors are allocated or resized.
  cisocut_tflite_tensor *_Nullable (*_Nonnull InterpreterGetTensor)(
      const cisocut_tflite_interpreter *, int32_t);
  cisocut_tflite_status (*_Nonnull InterpreterResizeInputTensor)(
      cisocut_tflite_interpreter *, int32_t input, const int32_t *sizes, int32_t count);
  cisocut_tflite_status (*_Nonnull InterpreterSetCustomAllocationForTensor)(
      cisocut_tflite_interpreter *, int32_t tensor, const cisocut_tflite_allocation *,
      int64_t flags);
  int32_t (*_Nonnull TensorType)(const cisocut_tflite_tensor *);
  int32_t (*_Nonnull TensorNumDims)(const cisocut_tflite_tensor *);
  int32_t (*_Nonnull TensorDim)(const cisocut_tflite_tensor *, int32_t);
  size_t (*_Nonnull TensorByteSize)(const cisocut_tflite_tensor *);
  void *_Nullable (*_Nonnull TensorData)(const cisocut_tflite_tensor *);
  const char *_Nullable (*_Nonnull TensorName)(const cisocut_tflite_tensor *);
  cisocut_tflite_delegate *_Nullable (*_Nonnull XNNPackDelegateCreate)(
      const cisocut_tflite_xnnpack_options *_Nullable);
  void (*_Nonnull XNNPackDelegateDelete)(cisocut_tflite_delegate *);
  /// Called through the functions below: they take variadic callbacks or return structures.
  void *ModelCreateFromFileWithErrorReporter;
  void *InterpreterOptionsSetErrorReporter;
  void *XNNPackDelegateOptionsDefault;
} cisocut_tflite_api;

/// Opens the library and finds its functions. Returns NULL on success, else why that is impossible,
/// in words that live until the thread's next call. The library is never closed.
const char *_Nullable cisocut_tflite_open(const char *path, cisocut_tflite_api *);

/// Called from any thread with each line the engine reports through the two functions below.
void cisocut_tflite_set_log(void (*_Nonnull line)(const char *));

/// Maps a model file; NULL where it is none.
cisocut_tflite_model *_Nullable cisocut_tflite_model_create(
    const cisocut_tflite_api *, const char *path);

/// Reports errors of interpreters made with these options to the log.
void cisocut_tflite_options_report(const cisocut_tflite_api *, cisocut_tflite_options *);

cisocut_tflite_xnnpack_options cisocut_tflite_xnnpack_defaults(const cisocut_tflite_api *);

#pragma clang assume_nonnull end

#endif
