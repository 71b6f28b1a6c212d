#include "cisocut_onnxruntime.h"
