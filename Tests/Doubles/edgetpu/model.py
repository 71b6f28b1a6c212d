"""A TFLite model, and models of some of its operators."""
import struct

from flat import Table, Writer

NAMES = {
    0: "ADD", 1: "AVERAGE_POOL_2D", 2: "CONCATENATION", 3: "CONV_2D", 4: "DEPTHWISE_CONV_2D",
    6: "DEQUANTIZE", 9: "FULLY_CONNECTED", 14: "LOGISTIC", 17: "MAX_POOL_2D", 18: "MUL",
    19: "RELU", 21: "RELU6", 22: "RESHAPE", 23: "RESIZE_BILINEAR", 25: "SOFTMAX", 32: "CUSTOM",
    34: "PAD", 40: "MEAN", 41: "SUB", 49: "SPLIT", 53: "CAST", 56: "ARG_MAX", 75: "SQRT",
    83: "PACK", 88: "UNPACK", 114: "QUANTIZE",
}
SIZES = {0: 4, 1: 2, 2: 4, 3: 1, 4: 8, 6: 1, 7: 2, 9: 1, 10: 8}
EIGHT_BITS = (3, 9)
CUSTOM = 32
COMPILED = "edgetpu-custom-op"


class Tensor:
    def __init__(self, table):
        self.name, self.type = table.text(3), table.number(1, "<b")
        self.buffer = table.number(2, "<I")
        self.is_state = bool(table.number(5, "<B"))
        self.bytes = SIZES.get(self.type, 4)
        for size in table.numbers(0):
            self.bytes *= max(size, 1)


class Operator:
    def __init__(self, table, kinds):
        self.position = table.position
        self.kind = NAMES.get(kinds[table.number(0, "<I")], "OTHER")
        self.inputs = [i for i in table.numbers(1) if i >= 0]
        self.outputs = [i for i in table.numbers(2) if i >= 0]


class Model:
    def __init__(self, data):
        self.data = data
        if data[4:8] != b"TFL3":
            raise ValueError("no TFLite model")
        self.root = Table.root(data)
        self.kinds = [max(code.number(0, "<b"), code.number(3)) for code in self.root.tables(1)]
        self.buffers = self.root.tables(4)
        self.graph = self.root.tables(2)[0]
        self.tensors = [Tensor(table) for table in self.graph.tables(0)]
        self.inputs, self.outputs = self.graph.numbers(1), self.graph.numbers(2)
        self.operators = [Operator(table, self.kinds) for table in self.graph.tables(3)]

    def constant_bytes(self, tensor):
        """Zero for tensors that are no constants."""
        return self.buffers[self.tensors[tensor].buffer].count(0)

    def parameter_bytes(self, operators):
        used = {t for o in operators for t in o.inputs if self.constant_bytes(t)}
        sizes = {self.tensors[t].buffer: self.constant_bytes(t) for t in used}
        return sum(sizes.values())

    def boundary(self, operators):
        """What operators of this model read that they do not make, and what others read of them."""
        made = [t for o in operators for t in o.outputs]
        inputs = []
        for t in (t for o in operators for t in o.inputs):
            known = t in made or t in inputs or self.tensors[t].is_state
            if not known and not self.constant_bytes(t):
                inputs.append(t)
        inside = {id(o) for o in operators}
        wanted = set(self.outputs).union(
            *(o.inputs for o in self.operators if id(o) not in inside))
        # Those of the model first, in its order.
        whole = [t for t in self.inputs if t in inputs]
        return whole + [t for t in inputs if t not in whole], [t for t in made if t in wanted]

    def part(self, operators, inputs, outputs, description="", compiled=None):
        """The bytes of a model of some operators: a new head in front of this file.

        `compiled`: inputs, outputs, options and place among `operators` of an operator for the
        device. Weights that nothing reads any more are left out of the new buffers."""
        head = Writer(b"TFL3")
        root, slots = head.table(
            {0: ("I", 3), 1: None, 2: None, 3: None, 4: None})
        struct.pack_into("<I", head.bytes, 0, root)
        codes, places = head.offsets(len(self.kinds) + (1 if compiled else 0))
        head.point(slots[1], codes)
        for place, position in zip(places, self.root.positions(1)):
            head.point_into_old(place, position)
        if compiled:
            code, names = head.table({0: ("b", CUSTOM), 1: None, 2: ("i", 1), 3: ("i", CUSTOM)})
            head.point(places[-1], code)
            head.point(names[1], head.blob(COMPILED.encode(), 4))
        self._graph(head, slots[2], operators, inputs, outputs, compiled)
        head.point(slots[3], head.blob(description.encode(), 4))
        kept = {self.tensors[t].buffer for o in operators for t in o.inputs}
        buffers, places = head.offsets(len(self.buffers))
        head.point(slots[4], buffers)
        empty, _ = head.table({})
        for index, (place, buffer) in enumerate(zip(places, self.buffers)):
            if index in kept and buffer.count(0):
                head.point_into_old(place, buffer.position)
            else:
                # Offsets point forward, so each empty one is behind the vector.
                head.point(place, empty)
        return head.finish(self.data)

    def _graph(self, head, slot, operators, inputs, outputs, compiled):
        graphs, places = head.offsets(1)
        head.point(slot, graphs)
        graph, slots = head.table({0: None, 1: None, 2: None, 3: None})
        head.point(places[0], graph)
        head.point_into_old(slots[0], self.graph.target(0))
        head.point(slots[1], head.vector("i", inputs))
        head.point(slots[2], head.vector("i", outputs))
        vector, places = head.offsets(len(operators) + (1 if compiled else 0))
        head.point(slots[3], vector)
        if compiled:
            ins, outs, options, before = compiled
            table, fields = head.table({0: ("I", len(self.kinds)), 1: None, 2: None, 5: None})
            head.point(places.pop(before), table)
            head.point(fields[1], head.vector("i", ins))
            head.point(fields[2], head.vector("i", outs))
            head.point(fields[5], head.blob(options))
        for place, operator in zip(places, operators):
            head.point_into_old(place, operator.position)
