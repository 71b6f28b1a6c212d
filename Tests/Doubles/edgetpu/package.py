"""What a compiled operator carries: the vendor's package, as far as its memory can be read from it,
and the operators themselves, so that the double of the device can run them."""
import struct

from flat import Writer

CACHING, EXECUTING = 1, 2


def _program(kind, parameters, inputs, outputs, token):
    writer = Writer(b"DWN1")
    root, slots = writer.table({
        5: None, 6: None, 8: None, 9: None, 12: ("i", 4096), 13: ("h", kind), 14: ("Q", token)})
    struct.pack_into("<I", writer.bytes, 0, root)
    streams, places = writer.offsets(1)
    writer.point(slots[5], streams)
    stream, fields = writer.table({0: None})
    writer.point(places[0], stream)
    writer.point(fields[0], writer.blob(bytes(256)))
    for field, sizes in ((8, inputs), (9, outputs)):
        layers, places = writer.offsets(len(sizes))
        writer.point(slots[field], layers)
        for place, size in zip(places, sizes):
            writer.point(place, writer.table({1: ("i", size)})[0])
    writer.point(slots[6], writer.blob(bytes(parameters)))
    return writer.finish()


def _package(version, on_chip, off_chip, inputs, outputs, token):
    multiple = Writer(b"\0\0\0\0")
    root, slots = multiple.table({0: None})
    struct.pack_into("<I", multiple.bytes, 0, root)
    programs, places = multiple.offsets(2)
    multiple.point(slots[0], programs)
    multiple.point(places[0], multiple.blob(
        _program(EXECUTING, off_chip, inputs, outputs, token)))
    multiple.point(places[1], multiple.blob(_program(CACHING, on_chip, [], [], token)))
    writer = Writer(b"DWN1")
    root, slots = writer.table({0: ("i", version), 1: None, 4: None})
    struct.pack_into("<I", writer.bytes, 0, root)
    writer.point(slots[1], writer.blob(multiple.finish()))
    writer.point(slots[4], writer.blob(b"16.0.384591198", 4))
    return writer.finish()


def _flexbuffer(members):
    """A map of texts and numbers, all offsets four bytes wide."""
    text, number, map_, width = 5, 1, 9, 2
    data, keys, values = bytearray(), {}, {}
    for key in sorted(members):
        keys[key] = len(data)
        data += key.encode() + b"\0"
    for key in sorted(members):
        if isinstance(members[key], bytes):
            data += bytes(-(len(data) + 4) % 16) + struct.pack("<I", len(members[key]))
            values[key] = len(data)
            data += members[key] + b"\0"
    data += bytes(-len(data) % 4)
    data += struct.pack("<I", len(keys))
    key_vector = len(data)
    for key in sorted(members):
        data += struct.pack("<I", len(data) - keys[key])
    data += struct.pack("<III", len(data) - key_vector, 4, len(keys))
    start = len(data)
    for key in sorted(members):
        value = members[key] if key not in values else len(data) - values[key]
        data += struct.pack("<I" if key in values else "<i", value)
    for key in sorted(members):
        data.append((text if key in values else number) << 2 | width)
    data += bytes(-len(data) % 4)
    data += struct.pack("<I", len(data) - start)
    return bytes(data) + bytes([map_ << 2 | width, 4])


def options(version, on_chip, off_chip, inputs, outputs, token, original):
    """The options of a compiled operator. `original` and `streamed` are the double's own."""
    package = _package(version, on_chip, off_chip, inputs, outputs, token)
    return _flexbuffer({
        "1": 0, "4": package, "5": -1, "original": original, "streamed": off_chip})
