"""Makes diamond.onnx: branches that meet again, a skip, an int64 tensor, a constant. Needs `onnx`."""
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

rng = np.random.default_rng(0)
weight = numpy_helper.from_array(rng.normal(size=(4, 3, 3, 3)).astype(np.float32), "weight")
nodes = [
    helper.make_node("Conv", ["image", "weight"], ["conv"], pads=[1, 1, 1, 1]),
    helper.make_node("Relu", ["conv"], ["left"]),
    helper.make_node("Sigmoid", ["conv"], ["right"]),
    helper.make_node("Mul", ["left", "right"], ["joined"]),
    helper.make_node("Add", ["joined", "conv"], ["sum"]),
    helper.make_node("ArgMax", ["sum"], ["best"], axis=1, keepdims=1),
    helper.make_node("Cast", ["best"], ["index"], to=TensorProto.FLOAT),
    helper.make_node("Add", ["sum", "index"], ["result"]),
]
graph = helper.make_graph(
    nodes, "diamond",
    [helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, 3, 8, 8])],
    [helper.make_tensor_value_info("result", TensorProto.FLOAT, [1, 4, 8, 8]),
     helper.make_tensor_value_info("best", TensorProto.INT64, [1, 1, 8, 8])],
    [weight])
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
model = onnx.shape_inference.infer_shapes(model)
onnx.checker.check_model(model)
onnx.save(model, "diamond.onnx")
