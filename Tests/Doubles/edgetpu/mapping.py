"""Which operators run on the device, and how its memory is used."""
from model import EIGHT_BITS

MAPPABLE = {
    "ADD", "AVERAGE_POOL_2D", "CONCATENATION", "CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED",
    "LOGISTIC", "MAX_POOL_2D", "MEAN", "MUL", "PACK", "PAD", "QUANTIZE", "RELU", "RELU6",
    "RESHAPE", "RESIZE_BILINEAR", "SOFTMAX", "SPLIT", "SUB",
}
MAPPED = "Mapped to Edge TPU"
NOT_SUPPORTED = "Operation not supported"
DATA_TYPE = "Operation is working on an unsupported data type"
SECOND = "More than one subgraph is not supported"
LEFT = "Operation is otherwise supported, but not mapped due to some unspecified limitation"


class TooLarge(Exception):
    """An activation does not fit."""


class Mapping:
    """One subgraph for the device: operators before it, on it, and behind it, each with a status."""

    def __init__(self, model, left=0):
        self.model = model
        made_by, self.before, self.mapped, self.behind, self.status = {}, [], [], [], {}
        for operator in model.operators:
            activations = [t for t in operator.inputs if not model.constant_bytes(t)]
            tensors = activations + operator.outputs
            fits = all(model.tensors[t].type in EIGHT_BITS for t in tensors)
            ahead = [made_by[t] for t in activations if t in made_by]
            mappable = fits and operator.kind in MAPPABLE
            reason = NOT_SUPPORTED if fits else DATA_TYPE
            if mappable and not any(group is self.behind for group in ahead):
                place, reason = self.mapped, MAPPED
            elif not mappable and all(group is self.before for group in ahead):
                place = self.before
            else:
                place, reason = self.behind, SECOND if mappable else reason
            self._put(operator, place, reason, made_by)
        for _ in range(min(left, len(self.mapped))):
            operator = self.mapped.pop()
            self.behind.append(operator)
            self.status[id(operator)] = (operator.kind, LEFT)
        order = {id(o): i for i, o in enumerate(model.operators)}
        self.behind.sort(key=lambda o: order[id(o)])

    def _put(self, operator, place, reason, made_by):
        place.append(operator)
        self.status[id(operator)] = (operator.kind, reason)
        for t in operator.outputs:
            made_by[t] = place

    @property
    def largest_activation(self):
        return max((self.model.tensors[t].bytes for o in self.mapped for t in o.outputs), default=0)

    def memory(self, size):
        """Parameter bytes on chip, left there, and off chip: whole operators spill."""
        room = max(0, size - self.largest_activation)
        on_chip = off_chip = 0
        for operator in self.mapped:
            bytes_ = self.model.parameter_bytes([operator])
            if on_chip + bytes_ <= room:
                on_chip += bytes_
            else:
                off_chip += bytes_
        return on_chip, room - on_chip, off_chip


def cut(model, count):
    """The default cut: about equal parameter bytes; custom operators count nothing."""
    sizes = [0 if o.kind == "CUSTOM" else model.parameter_bytes([o]) for o in model.operators]
    if len(sizes) < count:
        raise ValueError("fewer operators than segments")
    average = sum(sizes) / count + 1
    segments, filled = [[]], 0
    for index, (operator, size) in enumerate(zip(model.operators, sizes)):
        left = len(sizes) - index
        must = left == count - len(segments)
        if segments[-1] and len(segments) < count and (filled + size > average or must):
            segments.append([])
            filled = 0
        segments[-1].append(operator)
        filled += size
    return segments
