#!/usr/bin/env python3
"""Cuts a TFLite model by FlatBuffers' object API, as a Python program would do it by hand.

    cut_tflite.py MODEL FOLDER OPERATORS

OPERATORS is JSON: for each stage the positions of its operators in the file. Each stage gets the
tensors and weights that its operators touch; models with one subgraph only. Prints JSON: the
milliseconds of load + cut + write, and MiB of memory before and after.
"""
import json
import resource
import sys
import time

import flatbuffers
from ai_edge_litert import schema_py_generated as schema


def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def cut(source, positions):
    graph = source.subgraphs[0]
    operators = [graph.operators[position] for position in positions]
    reads = [index for entry in operators for index in entry.inputs if index >= 0]
    writes = [index for entry in operators for index in entry.outputs]
    inside = set(positions)
    wanted = {index for position, entry in enumerate(graph.operators) if position not in inside
              for index in entry.inputs} | set(graph.outputs)
    kept = sorted(set(reads) | set(writes))
    place = {old: new for new, old in enumerate(kept)} | {-1: -1}
    model = schema.ModelT()
    model.version = source.version
    model.operatorCodes = source.operatorCodes
    model.buffers = [schema.BufferT()]
    part = schema.SubGraphT()
    part.tensors = []
    has_data = {}
    for old in kept:
        tensor = schema.TensorT()
        tensor.__dict__.update(graph.tensors[old].__dict__)
        data = source.buffers[tensor.buffer]
        has_data[old] = data.data is not None and len(data.data) > 0
        if has_data[old]:
            model.buffers.append(data)
        tensor.buffer = len(model.buffers) - 1 if has_data[old] else 0
        part.tensors.append(tensor)
    part.inputs = [place[old] for old in kept
                   if old in reads and old not in writes and not has_data[old]]
    part.outputs = [place[old] for old in kept if old in writes and old in wanted]
    part.operators = []
    for entry in operators:
        copy = schema.OperatorT()
        copy.__dict__.update(entry.__dict__)
        copy.inputs = [place[old] for old in entry.inputs]
        copy.outputs = [place[old] for old in entry.outputs]
        part.operators.append(copy)
    model.subgraphs = [part]
    return model


def main():
    path, folder, stages = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
    bare = peak()
    start = time.perf_counter()
    with open(path, "rb") as file:
        source = schema.ModelT.InitFromPackedBuf(file.read(), 0)
    for index, positions in enumerate(stages):
        builder = flatbuffers.Builder(1 << 20)
        builder.Finish(cut(source, positions).Pack(builder), b"TFL3")
        with open(f"{folder}/peer_{index}.tflite", "wb") as file:
            file.write(builder.Output())
    elapsed = (time.perf_counter() - start) * 1e3
    print(json.dumps({"ms": elapsed, "bare": bare, "peak": peak()}))


if __name__ == "__main__":
    main()
