"""FlatBuffers as far as the double needs them: read tables, write tables in front of a file."""
import struct


class Table:
    """A table of a FlatBuffer."""

    def __init__(self, data, position):
        self.data, self.position = data, position
        self.vtable = position - struct.unpack_from("<i", data, position)[0]

    @staticmethod
    def root(data):
        return Table(data, struct.unpack_from("<I", data, 0)[0])

    def place(self, field):
        """Where a field is; 0 where it is absent."""
        if 4 + 2 * field >= struct.unpack_from("<H", self.data, self.vtable)[0]:
            return 0
        offset = struct.unpack_from("<H", self.data, self.vtable + 4 + 2 * field)[0]
        return self.position + offset if offset else 0

    def number(self, field, form="<i", default=0):
        place = self.place(field)
        return struct.unpack_from(form, self.data, place)[0] if place else default

    def target(self, field):
        """What an offset points to; 0 where the field is absent."""
        place = self.place(field)
        return place + struct.unpack_from("<I", self.data, place)[0] if place else 0

    def count(self, field):
        target = self.target(field)
        return struct.unpack_from("<I", self.data, target)[0] if target else 0

    def numbers(self, field, form="i"):
        target = self.target(field)
        return list(struct.unpack_from(f"<{self.count(field)}{form}", self.data, target + 4)) \
            if target else []

    def positions(self, field):
        """Of the tables, or texts, of a vector."""
        start = self.target(field) + 4
        return [start + 4 * i + struct.unpack_from("<I", self.data, start + 4 * i)[0]
                for i in range(self.count(field))]

    def tables(self, field):
        return [Table(self.data, position) for position in self.positions(field)]

    def text(self, field):
        target = self.target(field)
        if not target:
            return ""
        size = struct.unpack_from("<I", self.data, target)[0]
        return self.data[target + 4:target + 4 + size].decode("utf-8", "replace")


class Writer:
    """A FlatBuffer written from its root on, so that all offsets point forward. It may stand in
    front of an older one and point into that."""

    def __init__(self, identifier):
        self.bytes = bytearray(4) + identifier
        self.into_old = []

    def align(self, size):
        self.bytes += bytes(-len(self.bytes) % size)

    def table(self, fields):
        """Writes a table. `fields`: by id a (form, value), or None for an offset that `point` or
        `point_into_old` sets later. Returns its position and the places of those offsets."""
        wide = {form: struct.calcsize("<" + form) for form in "bBhHiIqQ"}
        forms = {i: field or ("I", 0) for i, field in fields.items()}
        order = sorted(forms, key=lambda i: -wide[forms[i][0]])
        count = max(forms, default=-1) + 1
        self.bytes += bytes(-(len(self.bytes) + 4 + 2 * count) % 8)
        vtable, places, size = len(self.bytes), {}, 4
        for i in order:
            size += -size % wide[forms[i][0]]
            places[i] = size
            size += wide[forms[i][0]]
        offsets = [places.get(i, 0) for i in range(count)]
        self.bytes += struct.pack(f"<{count + 2}H", 4 + 2 * count, size, *offsets)
        position = len(self.bytes)
        self.bytes += struct.pack("<i", position - vtable) + bytes(size - 4)
        for i in order:
            struct.pack_into("<" + forms[i][0], self.bytes, position + places[i], forms[i][1])
        return position, {i: position + places[i] for i in fields if fields[i] is None}

    def vector(self, form, values):
        self.align(4)
        position = len(self.bytes)
        self.bytes += struct.pack("<I", len(values)) + struct.pack(f"<{len(values)}{form}", *values)
        return position

    def blob(self, data, alignment=16):
        self.bytes += bytes(-(len(self.bytes) + 4) % alignment)
        position = len(self.bytes)
        self.bytes += struct.pack("<I", len(data)) + data + b"\0"
        return position

    def offsets(self, count):
        """A vector of offsets to set later, and their places."""
        position = self.vector("I", [0] * count)
        return position, [position + 4 + 4 * i for i in range(count)]

    def point(self, place, position):
        struct.pack_into("<I", self.bytes, place, position - place)

    def point_into_old(self, place, position):
        self.into_old.append((place, position))

    def finish(self, old=b""):
        if not old:
            return bytes(self.bytes)
        self.align(64)
        for place, position in self.into_old:
            self.point(place, len(self.bytes) + position)
        return bytes(self.bytes) + bytes(old)
