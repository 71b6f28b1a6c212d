#include "cisocut_onnxruntime.h"

#include <dlfcn.h>
#include <stdlib.h>

#define AT(entry, position) \
  _Static_assert(offsetof(cisocut_ort_api, entry) / sizeof(void *) == (position), #entry)

AT(GetErrorCode, 1);
AT(GetErrorMessage, 2);
AT(CreateEnvWithCustomLogger, 4);
AT(CreateSession, 7);
AT(Run, 9);
AT(CreateSessionOptions, 10);
AT(SetOptimizedModelFilePath, 11);
AT(SetSessionExecutionMode, 13);
AT(EnableProfiling, 14);
AT(DisableMemPattern, 17);
AT(DisableCpuMemArena, 19);
AT(SetSessionGraphOptimizationLevel, 23);
AT(SetIntraOpNumThreads, 24);
AT(SetInterOpNumThreads, 25);
AT(SessionGetInputCount, 30);
AT(SessionGetOutputCount, 31);
AT(SessionGetInputTypeInfo, 33);
AT(SessionGetOutputTypeInfo, 34);
AT(SessionGetInputName, 36);
AT(SessionGetOutputName, 37);
AT(CreateTensorWithDataAsOrtValue, 49);
AT(GetTensorMutableData, 51);
AT(CastTypeInfoToTensorInfo, 55);
AT(GetOnnxTypeFromTypeInfo, 56);
AT(GetTensorElementType, 60);
AT(GetDimensionsCount, 61);
AT(GetDimensions, 62);
AT(GetTensorTypeAndShape, 65);
AT(CreateCpuMemoryInfo, 69);
AT(AllocatorFree, 76);
AT(GetAllocatorWithDefaultOptions, 78);
AT(ReleaseStatus, 93);
AT(ReleaseSession, 95);
AT(ReleaseValue, 96);
AT(ReleaseTypeInfo, 98);
AT(ReleaseTensorTypeAndShapeInfo, 99);
AT(ReleaseSessionOptions, 100);
AT(SessionEndProfiling, 110);
AT(AddSessionConfigEntry, 130);
AT(RunWithBinding, 133);
AT(CreateIoBinding, 134);
AT(ReleaseIoBinding, 135);
AT(BindInput, 136);
AT(BindOutput, 137);

void *cisocut_ort_open(const char *path, const char **failure) {
  // Builds since 1.29 upload usage data unless this is set before the library initialises.
  setenv("ORT_DISABLE_TELEMETRY", "1", 1);
  void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  *failure = library ? NULL : dlerror();
  return library;
}

const cisocut_ort_api_base *cisocut_ort_get_api_base(void *library) {
  const cisocut_ort_api_base *(*entry)(void) = dlsym(library, "OrtGetApiBase");
  return entry ? entry() : NULL;
}
