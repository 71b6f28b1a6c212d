import Foundation
import IsocutFormats
import IsocutGraph
import Testing
import _IsocutTestSupport

/// What NumPy itself writes is read, and NumPy reads what is written here.
@Suite(.needsPython) struct NumPyPeerTests {
  @Test("arrays of every type, layout and rank go from NumPy through here and back unchanged")
  func thereAndBack() throws {
    try withTemporaryFolder { folder in
      // NumPy makes arrays whose elements all differ, in both layouts and byte orders.
      let make = try PythonPeer.run(["-c", Self.make, folder])
      try #require(make.status == 0)
      let names = make.output.split(separator: "\n").map(String.init)
      #expect(names.count == Self.typeCount * 8)
      for name in names {
        try NumPyArray(file: "\(folder)/\(name).npy").write(toFile: "\(folder)/\(name).back.npy")
      }
      let check = try PythonPeer.run(["-c", Self.check, folder])
      #expect(check.status == 0)
      #expect(check.output == "\(names.count) equal\n")
    }
  }

  private static let typeCount = 14

  private static let make = """
    import sys, numpy as np
    codes = 'f2 f4 f8 i1 i2 i4 i8 u1 u2 u4 u8 b1 c8 c16'.split()
    shapes = [(), (3,), (2, 3), (2, 1, 3, 2)]
    for code in codes:
        for shape in shapes:
            count = int(np.prod(shape, dtype=int))
            values = (np.arange(count) % 2 if code == 'b1' else np.arange(count) + 1).reshape(shape)
            if code[0] == 'c':
                values = values + 2j * values
            for order in 'CF':
                byte_order = '<' if order == 'C' else '>'
                array = np.asarray(values.astype(code), byte_order + code, order=order)
                name = code + '-' + 'x'.join(map(str, shape)) + '-' + order
                np.save(sys.argv[1] + '/' + name + '.npy', array)
                print(name)
    """

  private static let check = """
    import glob, sys, numpy as np
    equal = 0
    for path in glob.glob(sys.argv[1] + '/*.back.npy'):
        back, first = np.load(path), np.load(path.replace('.back', ''))
        assert back.flags.c_contiguous and back.dtype == first.dtype.newbyteorder('<'), path
        assert back.shape == first.shape and (back == first).all(), path
        equal += 1
    print(equal, 'equal')
    """
}
