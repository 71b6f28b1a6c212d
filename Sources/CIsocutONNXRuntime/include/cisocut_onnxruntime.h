#ifndef CISOCUT_ONNXRUNTIME_H
#define CISOCUT_ONNXRUNTIME_H

#include <stddef.h>
#include <stdint.h>

// ONNX Runtime's C interface, as far as isocut calls it, declared by hand: the library is found at
// run time and its headers are not needed. The table is append-only, so a position never changes
// its meaning; the static asserts in onnxruntime.c guard the positions.
//
// Pointers are non-null unless they say so: what calls this checks the library's version first.
#pragma clang assume_nonnull begin

typedef struct cisocut_ort_status cisocut_ort_status;
/// NULL on success, else a status that the caller releases.
typedef cisocut_ort_status *_Nullable cisocut_ort_result;

typedef struct cisocut_ort_env cisocut_ort_env;
typedef struct cisocut_ort_session cisocut_ort_session;
typedef struct cisocut_ort_session_options cisocut_ort_session_options;
typedef struct cisocut_ort_run_options cisocut_ort_run_options;
typedef struct cisocut_ort_value cisocut_ort_value;
typedef struct cisocut_ort_type_info cisocut_ort_type_info;
typedef struct cisocut_ort_tensor_info cisocut_ort_tensor_info;
typedef struct cisocut_ort_memory_info cisocut_ort_memory_info;
typedef struct cisocut_ort_allocator cisocut_ort_allocator;
typedef struct cisocut_ort_binding cisocut_ort_binding;

/// Called from any thread with each line the engine logs.
typedef void (*cisocut_ort_log_function)(
    void *_Nullable parameter, int32_t severity, const char *_Nullable category,
    const char *_Nullable log_id, const char *_Nullable location, const char *_Nullable message);

#define CISOCUT_ORT_UNUSED(first, last) void *_Nullable unused_##first[(last) - (first) + 1]

/// OrtApi. The number before each entry is its position.
typedef struct cisocut_ort_api {
  CISOCUT_ORT_UNUSED(0, 0);
  /* 1 */ int32_t (*_Nonnull GetErrorCode)(const cisocut_ort_status *);
  /* 2 */ const char *_Nonnull (*_Nonnull GetErrorMessage)(const cisocut_ort_status *);
  CISOCUT_ORT_UNUSED(3, 3);
  /* 4 */ cisocut_ort_result (*_Nonnull CreateEnvWithCustomLogger)(
      cisocut_ort_log_function, void *_Nullable parameter, int32_t level, const char *log_id,
      cisocut_ort_env *_Nullable *_Nonnull);
  CISOCUT_ORT_UNUSED(5, 6);
  /* 7 */ cisocut_ort_result (*_Nonnull CreateSession)(
      const cisocut_ort_env *, const char *path, const cisocut_ort_session_options *,
      cisocut_ort_session *_Nullable *_Nonnull);
  CISOCUT_ORT_UNUSED(8, 8);
  /* 9 */ cisocut_ort_result (*_Nonnull Run)(
      cisocut_ort_session *, const cisocut_ort_run_options *_Nullable,
      const char *_Nonnull const *_Nonnull input_names,
      const cisocut_ort_value *_Nonnull const *_Nonnull inputs, size_t input_count,
      const char *_Nonnull const *_Nonnull output_names, size_t output_count,
      cisocut_ort_value *_Nullable *_Nonnull outputs);
  /* 10 */ cisocut_ort_result (*_Nonnull CreateSessionOptions)(
      cisocut_ort_session_options *_Nullable *_Nonnull);
  /* 11 */ cisocut_ort_result (*_Nonnull SetOptimizedModelFilePath)(
      cisocut_ort_session_options *, const char *path);
  CISOCUT_ORT_UNUSED(12, 12);
  /* 13 */ cisocut_ort_result (*_Nonnull SetSessionExecutionMode)(
      cisocut_ort_session_options *, int32_t);
  /* 14 */ cisocut_ort_result (*_Nonnull EnableProfiling)(
      cisocut_ort_session_options *, const char *prefix);
  CISOCUT_ORT_UNUSED(15, 16);
  /* 17 */ cisocut_ort_result (*_Nonnull DisableMemPattern)(cisocut_ort_session_options *);
  CISOCUT_ORT_UNUSED(18, 18);
  /* 19 */ cisocut_ort_result (*_Nonnull DisableCpuMemArena)(cisocut_ort_session_options *);
  CISOCUT_ORT_UNUSED(20, 22);
  /* 23 */ cisocut_ort_result (*_Nonnull SetSessionGraphOptimizationLevel)(
      cisocut_ort_session_options *, int32_t);
  /* 24 */ cisocut_ort_result (*_Nonnull SetIntraOpNumThreads)(
      cisocut_ort_session_options *, int32_t);
  /* 25 */ cisocut_ort_result (*_Nonnull SetInterOpNumThreads)(
      cisocut_ort_session_options *, int32_t);
  CISOCUT_ORT_UNUSED(26, 29);
  /* 30 */ cisocut_ort_result (*_Nonnull SessionGetInputCount)(
      const cisocut_ort_session *, size_t *);
  /* 31 */ cisocut_ort_result (*_Nonnull SessionGetOutputCount)(
      const cisocut_ort_session *, size_t *);
  CISOCUT_ORT_UNUSED(32, 32);
  /* 33 */ cisocut_ort_result (*_Nonnull SessionGetInputTypeInfo)(
      const cisocut_ort_session *, size_t, cisocut_ort_type_info *_Nullable *_Nonnull);
  /* 34 */ cisocut_ort_result (*_Nonnull SessionGetOutputTypeInfo)(
      const cisocut_ort_session *, size_t, cisocut_ort_type_info *_Nullable *_Nonnull);
  CISOCUT_ORT_UNUSED(35, 35);
  /* 36 */ cisocut_ort_result (*_Nonnull SessionGetInputName)(
      const cisocut_ort_session *, size_t, cisocut_ort_allocator *, char *_Nullable *_Nonnull);
  /* 37 */ cisocut_ort_result (*_Nonnull SessionGetOutputName)(
      const cisocut_ort_session *, size_t, cisocut_ort_allocator *, char *_Nullable *_Nonnull);
  CISOCUT_ORT_UNUSED(38, 48);
  /* 49: the data stays the caller's and must outlive the value */
  cisocut_ort_result (*_Nonnull CreateTensorWithDataAsOrtValue)(
      const cisocut_ort_memory_info *, void *data, size_t byte_count, const int64_t *shape,
      size_t rank, int32_t element_type, cisocut_ort_value *_Nullable *_Nonnull);
  CISOCUT_ORT_UNUSED(50, 50);
  /* 51: borrowed from the value */
  cisocut_ort_result (*_Nonnull GetTensorMutableData)(
      cisocut_ort_value *, void *_Nullable *_Nonnull);
  CISOCUT_ORT_UNUSED(52, 54);
  /* 55: borrowed; NULL where it is no tensor */
  cisocut_ort_result (*_Nonnull CastTypeInfoToTensorInfo)(
      const cisocut_ort_type_info *, const cisocut_ort_tensor_info *_Nullable *_Nonnull);
  /* 56 */ cisocut_ort_result (*_Nonnull GetOnnxTypeFromTypeInfo)(
      const cisocut_ort_type_info *, int32_t *);
  CISOCUT_ORT_UNUSED(57, 59);
  /* 60 */ cisocut_ort_result (*_Nonnull GetTensorElementType)(
      const cisocut_ort_tensor_info *, int32_t *);
  /* 61 */ cisocut_ort_result (*_Nonnull GetDimensionsCount)(
      const cisocut_ort_tensor_info *, size_t *);
  /* 62 */ cisocut_ort_result (*_Nonnull GetDimensions)(
      const cisocut_ort_tensor_info *, int64_t *, size_t count);
  CISOCUT_ORT_UNUSED(63, 64);
  /* 65 */ cisocut_ort_result (*_Nonnull GetTensorTypeAndShape)(
      const cisocut_ort_value *, cisocut_ort_tensor_info *_Nullable *_Nonnull);
  CISOCUT_ORT_UNUSED(66, 68);
  /* 69 */ cisocut_ort_result (*_Nonnull CreateCpuMemoryInfo)(
      int32_t allocator_type, int32_t memory_type, cisocut_ort_memory_info *_Nullable *_Nonnull);
  CISOCUT_ORT_UNUSED(70, 75);
  /* 76 */ cisocut_ort_result (*_Nonnull AllocatorFree)(cisocut_ort_allocator *, void *);
  CISOCUT_ORT_UNUSED(77, 77);
  /* 78 */ cisocut_ort_result (*_Nonnull GetAllocatorWithDefaultOptions)(
      cisocut_ort_allocator *_Nullable *_Nonnull);
  CISOCUT_ORT_UNUSED(79, 92);
  /* 93 */ void (*_Nonnull ReleaseStatus)(cisocut_ort_status *);
  CISOCUT_ORT_UNUSED(94, 94);
  /* 95 */ void (*_Nonnull ReleaseSession)(cisocut_ort_session *);
  /* 96 */ void (*_Nonnull ReleaseValue)(cisocut_ort_value *);
  CISOCUT_ORT_UNUSED(97, 97);
  /* 98 */ void (*_Nonnull ReleaseTypeInfo)(cisocut_ort_type_info *);
  /* 99 */ void (*_Nonnull ReleaseTensorTypeAndShapeInfo)(cisocut_ort_tensor_info *);
  /* 100 */ void (*_Nonnull ReleaseSessionOptions)(cisocut_ort_session_options *);
  CISOCUT_ORT_UNUSED(101, 109);
  /* 110: the name is freed with AllocatorFree */
  cisocut_ort_result (*_Nonnull SessionEndProfiling)(
      cisocut_ort_session *, cisocut_ort_allocator *, char *_Nullable *_Nonnull file);
  CISOCUT_ORT_UNUSED(111, 129);
  /* 130 */ cisocut_ort_result (*_Nonnull AddSessionConfigEntry)(
      cisocut_ort_session_options *, const char *key, const char *value);
  CISOCUT_ORT_UNUSED(131, 132);
  /* 133 */ cisocut_ort_result (*_Nonnull RunWithBinding)(
      cisocut_ort_session *, const cisocut_ort_run_options *_Nullable, const cisocut_ort_binding *);
  /* 134 */ cisocut_ort_result (*_Nonnull CreateIoBinding)(
      cisocut_ort_session *, cisocut_ort_binding *_Nullable *_Nonnull);
  /* 135 */ void (*_Nonnull ReleaseIoBinding)(cisocut_ort_binding *);
  /* 136 */ cisocut_ort_result (*_Nonnull BindInput)(
      cisocut_ort_binding *, const char *name, const cisocut_ort_value *);
  /* 137 */ cisocut_ort_result (*_Nonnull BindOutput)(
      cisocut_ort_binding *, const char *name, const cisocut_ort_value *);
} cisocut_ort_api;

/// OrtApiBase: what the library's one symbol, `OrtGetApiBase`, returns.
typedef struct cisocut_ort_api_base {
  const cisocut_ort_api *_Nullable (*_Nonnull GetApi)(uint32_t version);
  const char *_Nonnull (*_Nonnull GetVersionString)(void);
} cisocut_ort_api_base;

/// Opens the library, its telemetry switched off. Where that fails: NULL, and an explanation that
/// lives until the thread's next call. The library is never closed: its threads may still run.
void *_Nullable cisocut_ort_open(
    const char *path, const char *_Nullable *_Nonnull failure);

/// The library's entry point, or NULL where it has none.
const cisocut_ort_api_base *_Nullable cisocut_ort_get_api_base(void *library);

#pragma clang assume_nonnull end

#endif
