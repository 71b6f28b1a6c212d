// Runs compiled operators: what the double of the compiler put into one, by TensorFlow Lite itself;
// of the vendor's own, which nobody here can run, outputs that depend on all bytes of the inputs.
//
// TensorFlow Lite's entry points are those of its C interface, found in the library that the process
// has loaded; types are pointers to what only the library knows.
#include "delegate.h"

#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "payload.h"

struct numbers {  // TfLiteIntArray
  int count;
  int values[];
};

struct parameters {  // TfLiteOpaqueDelegateParams
  void *delegate, *data;
  struct numbers *nodes, *inputs, *outputs;
};

struct builder {  // TfLiteOpaqueDelegateBuilder
  void *data;
  int (*prepare)(void *context, void *delegate, void *data);
  void *copy_from, *copy_to, *free_buffer;
  int64_t flags;
};

static struct {
  void *(*OpaqueDelegateCreate)(const struct builder *);
  void (*OpaqueDelegateDelete)(void *);
  int (*OpaqueContextGetExecutionPlan)(void *, struct numbers **);
  int (*OpaqueContextGetNodeAndRegistration)(void *, int, void **node, void **operator);
  int (*OpaqueContextReplaceNodeSubsetsWithDelegateKernels)(
      void *, void *operator, const struct numbers *, void *delegate);
  void *(*OpaqueContextGetOpaqueTensor)(void *, int);
  const char *(*OperatorGetCustomName)(const void *);
  void *(*OperatorCreate)(int builtin, const char *name, int version, void *data);
  void (*OperatorSetInitWithData)(void *, void *(*)(void *, void *, const char *, size_t));
  void (*OperatorSetFreeWithData)(void *, void (*)(void *, void *, void *));
  void (*OperatorSetPrepareWithData)(void *, int (*)(void *, void *, void *));
  void (*OperatorSetInvokeWithData)(void *, int (*)(void *, void *, void *));
  int (*OpaqueNodeGetCustomInitialData)(const void *node, const void **, int *size);
  void *(*OpaqueNodeGetUserData)(const void *node);
  int (*OpaqueNodeNumberOfInputs)(const void *);
  int (*OpaqueNodeNumberOfOutputs)(const void *);
  void *(*OpaqueNodeGetInput)(void *context, const void *node, int);
  void *(*OpaqueNodeGetOutput)(void *context, const void *node, int);
  const char *(*OpaqueTensorName)(const void *);
  void *(*OpaqueTensorData)(const void *);
  size_t (*OpaqueTensorByteSize)(const void *);
  void *(*ModelCreate)(const void *, size_t);
  void (*ModelDelete)(void *);
  void *(*InterpreterCreate)(const void *model, const void *options);
  void (*InterpreterDelete)(void *);
  int (*InterpreterAllocateTensors)(void *);
  int (*InterpreterInvoke)(void *);
  int32_t (*InterpreterGetInputTensorCount)(const void *);
  int32_t (*InterpreterGetOutputTensorCount)(const void *);
  void *(*InterpreterGetInputTensor)(const void *, int32_t);
  const void *(*InterpreterGetOutputTensor)(const void *, int32_t);
  const char *(*TensorName)(const void *);
  void *(*TensorData)(const void *);
  size_t (*TensorByteSize)(const void *);
} lite;

static int is_missing;

static void find(void *library, const char *name, void *place) {
  char symbol[96];
  snprintf(symbol, sizeof symbol, "TfLite%s", name);
  void *found = dlsym(library, symbol);
  if (!found) is_missing = 1;
  memcpy(place, &found, sizeof found);
}

#define FIND(name) find(library, #name, &lite.name)

static int load(void) {
  if (lite.OpaqueDelegateCreate) return !is_missing;
  const char *path = getenv("EDGETPU_DOUBLE_TFLITE");
  void *library = path ? dlopen(path, RTLD_NOW) : NULL;
  if (!library) return 0;
  FIND(OpaqueDelegateDelete), FIND(OpaqueContextGetExecutionPlan);
  FIND(OpaqueContextGetNodeAndRegistration);
  FIND(OpaqueContextReplaceNodeSubsetsWithDelegateKernels);
  FIND(OpaqueContextGetOpaqueTensor), FIND(OperatorGetCustomName), FIND(OperatorCreate);
  FIND(OperatorSetInitWithData), FIND(OperatorSetFreeWithData);
  FIND(OperatorSetPrepareWithData), FIND(OperatorSetInvokeWithData);
  FIND(OpaqueNodeGetCustomInitialData), FIND(OpaqueNodeGetUserData);
  FIND(OpaqueNodeNumberOfInputs), FIND(OpaqueNodeNumberOfOutputs);
  FIND(OpaqueNodeGetInput), FIND(OpaqueNodeGetOutput), FIND(OpaqueTensorName);
  FIND(OpaqueTensorData), FIND(OpaqueTensorByteSize), FIND(ModelCreate), FIND(ModelDelete);
  FIND(InterpreterCreate), FIND(InterpreterDelete), FIND(InterpreterAllocateTensors);
  FIND(InterpreterInvoke), FIND(InterpreterGetInputTensorCount);
  FIND(InterpreterGetOutputTensorCount), FIND(InterpreterGetInputTensor);
  FIND(InterpreterGetOutputTensor), FIND(TensorName), FIND(TensorData), FIND(TensorByteSize);
  FIND(OpaqueDelegateCreate);
  return !is_missing;
}

struct kernel {
  void *bytes, *model, *interpreter;
  long streamed;
  int runs;
};

static void *init(void *data, void *context, const char *buffer, size_t length) {
  (void)data, (void)length;
  const struct parameters *replaced = (const void *)buffer;
  void *node, *operator;
  const void *options = NULL;
  int size = 0;
  struct kernel *kernel = calloc(1, sizeof *kernel);
  if (lite.OpaqueContextGetNodeAndRegistration(context, replaced->nodes->values[0], &node, &operator)
      || lite.OpaqueNodeGetCustomInitialData(node, &options, &size))
    return kernel;
  const struct payload found = payload_read(options, (size_t)size);
  kernel->streamed = found.streamed;
  if (!found.original) return kernel;
  kernel->bytes = aligned_alloc(64, (found.original_size + 63) / 64 * 64);
  memcpy(kernel->bytes, found.original, found.original_size);
  kernel->model = lite.ModelCreate(kernel->bytes, found.original_size);
  kernel->interpreter = kernel->model ? lite.InterpreterCreate(kernel->model, NULL) : NULL;
  return kernel;
}

static void release(void *data, void *context, void *value) {
  (void)data, (void)context;
  struct kernel *kernel = value;
  if (kernel->interpreter) lite.InterpreterDelete(kernel->interpreter);
  if (kernel->model) lite.ModelDelete(kernel->model);
  free(kernel->bytes);
  free(kernel);
}

static int prepare(void *data, void *context, void *node) {
  (void)data, (void)context;
  struct kernel *kernel = lite.OpaqueNodeGetUserData(node);
  if (kernel->interpreter) return lite.InterpreterAllocateTensors(kernel->interpreter);
  return kernel->bytes != NULL;
}

// The tensor of the carried model that is called like one of the whole; NULL where there is none.
static const void *twin(const struct kernel *kernel, const void *tensor, int is_input) {
  const char *name = lite.OpaqueTensorName(tensor);
  const int count = is_input ? lite.InterpreterGetInputTensorCount(kernel->interpreter)
                             : lite.InterpreterGetOutputTensorCount(kernel->interpreter);
  for (int i = 0; i < count; i++) {
    const void *found = is_input ? lite.InterpreterGetInputTensor(kernel->interpreter, i)
                                 : lite.InterpreterGetOutputTensor(kernel->interpreter, i);
    if (strcmp(lite.TensorName(found), name) == 0) return found;
  }
  return NULL;
}

static int run_carried(struct kernel *kernel, void *context, void *node) {
  for (int i = 0; i < lite.OpaqueNodeNumberOfInputs(node); i++) {
    void *tensor = lite.OpaqueNodeGetInput(context, node, i);
    const void *inner = twin(kernel, tensor, 1);
    if (!inner || lite.TensorByteSize(inner) != lite.OpaqueTensorByteSize(tensor)) return 1;
    memcpy(lite.TensorData(inner), lite.OpaqueTensorData(tensor), lite.TensorByteSize(inner));
  }
  if (lite.InterpreterInvoke(kernel->interpreter)) return 1;
  for (int i = 0; i < lite.OpaqueNodeNumberOfOutputs(node); i++) {
    void *tensor = lite.OpaqueNodeGetOutput(context, node, i);
    const void *inner = twin(kernel, tensor, 0);
    if (!inner || lite.TensorByteSize(inner) != lite.OpaqueTensorByteSize(tensor)) return 1;
    memcpy(lite.OpaqueTensorData(tensor), lite.TensorData(inner), lite.TensorByteSize(inner));
  }
  return 0;
}

static int make_up(void *context, void *node) {
  uint32_t hash = 2166136261u;
  for (int i = 0; i < lite.OpaqueNodeNumberOfInputs(node); i++) {
    void *tensor = lite.OpaqueNodeGetInput(context, node, i);
    const uint8_t *bytes = lite.OpaqueTensorData(tensor);
    for (size_t j = 0; j < lite.OpaqueTensorByteSize(tensor); j++)
      hash = (hash ^ bytes[j]) * 16777619u;
  }
  for (int i = 0; i < lite.OpaqueNodeNumberOfOutputs(node); i++) {
    void *tensor = lite.OpaqueNodeGetOutput(context, node, i);
    uint8_t *bytes = lite.OpaqueTensorData(tensor);
    for (size_t j = 0; j < lite.OpaqueTensorByteSize(tensor); j++) {
      hash = hash * 1664525u + 1013904223u;
      bytes[j] = (uint8_t)(hash >> 24);
    }
  }
  return 0;
}

static void wait_nanoseconds(double count) {
  if (count <= 0) return;
  const struct timespec time = {(time_t)(count / 1e9), (long)count % 1000000000};
  nanosleep(&time, NULL);
}

static int invoke(void *data, void *context, void *node) {
  (void)data;
  struct kernel *kernel = lite.OpaqueNodeGetUserData(node);
  // What does not fit on chip is sent each time; about the rate that others measured on PCIe.
  wait_nanoseconds((double)kernel->streamed * 2.7);
  const char *outliers = getenv("EDGETPU_DOUBLE_OUTLIERS");
  if (outliers && kernel->runs++ % 8 == 7) wait_nanoseconds(1e6 * atof(outliers));
  if (getenv("EDGETPU_DOUBLE_LOST")) return 1;
  return kernel->interpreter ? run_carried(kernel, context, node) : make_up(context, node);
}

static int take_compiled(void *context, void *delegate, void *data) {
  (void)data;
  struct numbers *plan;
  if (lite.OpaqueContextGetExecutionPlan(context, &plan)) return 1;
  // Replacing changes the plan.
  const size_t size = sizeof *plan + (size_t)plan->count * sizeof plan->values[0];
  struct numbers *nodes = malloc(size);
  memcpy(nodes, plan, size);
  int status = 0;
  for (int i = 0; i < nodes->count && !status; i++) {
    void *node, *operator;
    if (lite.OpaqueContextGetNodeAndRegistration(context, nodes->values[i], &node, &operator)) continue;
    const char *name = lite.OperatorGetCustomName(operator);
    if (!name || strcmp(name, "edgetpu-custom-op") != 0) continue;
    enum { delegate_builtin = 51 };
    void *kernel = lite.OperatorCreate(delegate_builtin, "EdgeTpuDelegateForCustomOp", 1, NULL);
    lite.OperatorSetInitWithData(kernel, init);
    lite.OperatorSetFreeWithData(kernel, release);
    lite.OperatorSetPrepareWithData(kernel, prepare);
    lite.OperatorSetInvokeWithData(kernel, invoke);
    int one[2] = {1, nodes->values[i]};
    status = lite.OpaqueContextReplaceNodeSubsetsWithDelegateKernels(
        context, kernel, (const struct numbers *)one, delegate);
  }
  free(nodes);
  return status;
}

void *delegate_create(void) {
  if (!load()) return NULL;
  // Without it TensorFlow Lite would prepare the operators first, and knows no compiled one.
  enum { allow_dynamic_tensors = 1 };
  const struct builder builder = {.prepare = take_compiled, .flags = allow_dynamic_tensors};
  return lite.OpaqueDelegateCreate(&builder);
}

void delegate_delete(void *delegate) { lite.OpaqueDelegateDelete(delegate); }
