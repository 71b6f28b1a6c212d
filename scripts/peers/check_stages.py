#!/usr/bin/env python3
"""Checks stage files with stock tools: the onnx package and the onnxruntime package alone.

    check_stages.py MODEL STAGE_DIR...             check each folder of stages against MODEL
    check_stages.py --types MODEL                  print element type and shape of each tensor (JSON)

Options: --shape NAME=1,3,224,224 and --dim NAME=1 (repeatable; other free sizes become 1),
--input-value NAME=V, --input-range NAME=LO,HI (as in isocut's command line, repeatable), --seed N,
--items N (inputs tried, default 2), --level disable|basic|extended|all (default disable).

A folder holds one *.onnx file a stage, in the order of their names. Each file must pass
onnx.checker, load in onnxruntime, and read only model inputs and tensors of earlier stages; the
chain must return what MODEL returns: equal bits, or within 1e-3 of the largest value, or within
twice what MODEL itself differs between optimisation levels (`isocut verify` has the same rule:
stages are cut from what the engine's basic level makes of MODEL). Inputs are random: floats uniform in [0, 1), integers 0 or 1, unless a value or range is given. Prints a line a
folder; exits 1 if one fails.
Needs PYTHONPATH=.setup/python.
"""
import argparse
import glob
import json
import os
import sys

os.environ["ORT_DISABLE_TELEMETRY"] = "1"
import numpy as np
import onnx
import onnxruntime as ort

ort.set_default_logger_severity(3)
LEVELS = {
    "disable": ort.GraphOptimizationLevel.ORT_DISABLE_ALL,
    "basic": ort.GraphOptimizationLevel.ORT_ENABLE_BASIC,
    "extended": ort.GraphOptimizationLevel.ORT_ENABLE_EXTENDED,
    "all": ort.GraphOptimizationLevel.ORT_ENABLE_ALL,
}


def session(model, level):
    options = ort.SessionOptions()
    options.graph_optimization_level = LEVELS[level]
    options.intra_op_num_threads = 1
    return ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def required_inputs(graph):
    known = {i.name for i in graph.initializer} | {i.values.name for i in graph.sparse_initializer}
    return [i for i in graph.input if i.name not in known]


def make_inputs(graph, arguments, seed):
    shapes = dict(item.split("=", 1) for item in arguments.shape)
    dims = dict(item.split("=", 1) for item in arguments.dim)
    values = dict(item.rsplit("=", 1) for item in arguments.input_value)
    ranges = dict(item.rsplit("=", 1) for item in arguments.input_range)
    rng = np.random.default_rng(seed)
    feeds = {}
    for value in required_inputs(graph):
        tensor = value.type.tensor_type
        if value.name in shapes:
            shape = [int(size) for size in shapes[value.name].split(",") if size]
        else:
            shape = [
                d.dim_value if d.HasField("dim_value") and d.dim_value >= 0
                else int(dims.get(d.dim_param, 1))
                for d in tensor.shape.dim
            ]
        kind = onnx.helper.tensor_dtype_to_np_dtype(tensor.elem_type)
        low, high = [float(x) for x in ranges.get(value.name, "0,1").split(",")]
        if value.name in values:
            feeds[value.name] = np.full(shape, float(values[value.name])).astype(kind)
        elif np.issubdtype(kind, np.floating):
            feeds[value.name] = (low + (high - low) * rng.random(shape)).astype(kind)
        elif kind == np.bool_:
            feeds[value.name] = rng.random(shape) < 0.5
        else:
            feeds[value.name] = np.asarray(
                rng.integers(int(low), int(high), shape, endpoint=True)).astype(kind)
    return feeds


def print_types(path, arguments):
    model = onnx.load(path)
    names = {o.name for o in model.graph.output}
    for node in model.graph.node:
        for name in node.output:
            if name and name not in names:
                names.add(name)
                model.graph.output.append(onnx.ValueInfoProto(name=name))
    known = {i.name for i in model.graph.initializer}
    inputs = required_inputs(model.graph)
    del model.graph.input[:]
    model.graph.input.extend(inputs)
    model.ir_version = max(model.ir_version, 4)
    whole = session(model.SerializeToString(), "disable")
    feeds = make_inputs(model.graph, arguments, arguments.seed)
    types = {}
    wanted = [o.name for o in whole.get_outputs() if o.type.startswith("tensor(")]
    for name, value in zip(wanted, whole.run(wanted, feeds)):
        if isinstance(value, np.ndarray) and name not in known:
            kind = onnx.helper.np_dtype_to_tensor_dtype(value.dtype)
            types[name] = {"type": int(kind), "shape": list(value.shape)}
    for name, value in feeds.items():
        kind = onnx.helper.np_dtype_to_tensor_dtype(value.dtype)
        types[name] = {"type": int(kind), "shape": list(value.shape)}
    json.dump(types, sys.stdout)


def check(folder, whole, graph, arguments):
    files = sorted(glob.glob(os.path.join(folder, "*.onnx")))
    assert files, "no stage files"
    stages = []
    for file in files:
        onnx.checker.check_model(file, full_check=False)
        stages.append(session(file, arguments.level))
    constant = {i.name for i in graph.initializer}
    worst, exact, spread = 0.0, True, 0.0
    for item in range(arguments.items):
        feeds = make_inputs(graph, arguments, arguments.seed + item)
        wanted = [o.name for o in whole.get_outputs()]
        expected = dict(zip(wanted, whole.run(wanted, feeds)))
        values = dict(feeds)
        for stage in stages:
            inputs = {i.name: values[i.name] for i in stage.get_inputs()}
            names = [o.name for o in stage.get_outputs()]
            values.update(zip(names, stage.run(names, inputs)))
        for name, value in expected.items():
            if name in values:
                exact_here, error = compare(value, values[name])
                exact, worst = exact and exact_here, max(worst, error)
                if error > 1e-3:
                    spread = max(spread, level_spread(name, value, feeds, arguments))
            else:
                assert arguments.constant_outputs or name in constant, f"no stage returns {name}"
    levels = f", levels of the whole model differ by {spread:.1e}" if spread else ""
    assert worst <= max(1e-3, 2 * spread), f"largest relative error {worst:.1e}{levels}"
    result = "equal bits" if exact else f"relative error {worst:.1e}{levels}"
    return f"{len(files)} stages, {result}"


def level_spread(name, value, feeds, arguments):
    """How far the model itself is from `value` at the other optimisation levels."""
    return max(
        compare(value, session(arguments.model, level).run([name], feeds)[0])[1]
        for level in LEVELS if level != arguments.level)


def compare(a, b):
    if not isinstance(a, np.ndarray):
        return repr(a) == repr(b), 0.0 if repr(a) == repr(b) else float("inf")
    assert a.shape == b.shape and a.dtype == b.dtype, f"{a.dtype}{a.shape} is {b.dtype}{b.shape}"
    if a.tobytes() == b.tobytes():
        return True, 0.0
    a, b = a.astype(np.float64), b.astype(np.float64)
    scale = np.nanmax(np.abs(b)) or 1.0
    return False, float(np.nanmax(np.abs(a - b)) / scale)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model")
    parser.add_argument("folders", nargs="*")
    parser.add_argument("--types", action="store_true")
    parser.add_argument("--shape", action="append", default=[])
    parser.add_argument("--dim", action="append", default=[])
    parser.add_argument("--input-value", "--value", action="append", default=[])
    parser.add_argument("--input-range", action="append", default=[])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--items", type=int, default=2)
    parser.add_argument("--level", choices=LEVELS, default="disable")
    parser.add_argument("--constant-outputs", action="store_true",
                        help="outputs that no stage returns are constants of the model")
    arguments = parser.parse_args()
    if arguments.types:
        return print_types(arguments.model, arguments)
    graph = onnx.load(arguments.model, load_external_data=False).graph
    whole = session(arguments.model, arguments.level)
    failed = 0
    for folder in arguments.folders:
        try:
            print(f"pass {folder}: {check(folder, whole, graph, arguments)}")
        except Exception as error:
            failed += 1
            print(f"FAIL {folder}: {type(error).__name__}: {error}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
