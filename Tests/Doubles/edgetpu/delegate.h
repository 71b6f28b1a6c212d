// A TensorFlow Lite delegate that takes each edgetpu-custom-op.

// NULL where TensorFlow Lite, at the path in EDGETPU_DOUBLE_TFLITE, cannot be found.
void *delegate_create(void);
void delegate_delete(void *delegate);
