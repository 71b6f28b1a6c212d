import Foundation
import IsocutBackends
import IsocutGraph
import Testing
import _IsocutTestSupport

@Suite struct InputPlanTests {
  private func values<Element>(
    _ plan: InputPlan, _ type: ElementType, _ shape: [Int] = [1000], name: String = "x",
    item: Int = 0, as: Element.Type
  ) throws -> [Element] {
    let buffer = TensorBuffer(TensorSpec(name: name, elementType: type, shape: shape))
    try plan.fill(buffer, item: item)
    return Array(buffer.bytes.bindMemory(to: Element.self))
  }

  @Test func theSameSeedNameAndItemGiveTheSameBytesAndOthersDoNot() throws {
    let base = try values(InputPlan(seed: 1), .float32, as: UInt8.self)
    #expect(try values(InputPlan(seed: 1), .float32, as: UInt8.self) == base)
    #expect(try values(InputPlan(seed: 2), .float32, as: UInt8.self) != base)
    #expect(try values(InputPlan(seed: 1), .float32, item: 1, as: UInt8.self) != base)
    #expect(try values(InputPlan(seed: 1), .float32, name: "y", as: UInt8.self) != base)
  }

  /// Expected values computed apart, in Python, from the definition.
  @Test func theStreamIsTheSameOnEveryMachine() throws {
    let values = try values(InputPlan(seed: 1), .float64, [2], as: Double.self)
    #expect(values == [0.8373539382636529, 0.6229040181299164])
  }

  @Test func floatsOfEveryWidthFillTheUnitIntervalWithoutOne() throws {
    func check(_ values: [Double]) {
      #expect(values.allSatisfy { $0 >= 0 && $0 < 1 })
      let mean = values.reduce(0, +) / Double(values.count)
      #expect(abs(mean - 0.5) < 0.05)
      #expect(Set(values).count > 100)
    }
    let plan = InputPlan(seed: 3)
    check(try values(plan, .float32, as: Float.self).map(Double.init))
    check(try values(plan, .float64, as: Double.self).map { $0 })
    check(try values(plan, .float16, as: Float16.self).map(Double.init))
    check(
      try values(plan, .bfloat16, as: UInt16.self).map {
        Double(Float(bitPattern: UInt32($0) << 16))
      })
  }

  @Test func bytesHoldAnyValueAndLongerIntegersZeroOrOne() throws {
    let plan = InputPlan()
    #expect(Set(try values(plan, .int64, as: Int64.self)) == [0, 1])
    #expect(Set(try values(plan, .int16, as: Int16.self)) == [0, 1])
    #expect(Set(try values(plan, .uint8, [20000], as: UInt8.self)) == Set(0...255))
    #expect(Set(try values(plan, .int8, [20000], as: Int8.self)) == Set(-128...127))
    #expect(Set(try values(plan, .bool, as: UInt8.self)) == [0, 1])
  }

  @Test func rangesHoldBothBoundsForIntegersAndTheLowerOneForFloats() throws {
    let plan = InputPlan(ranges: ["x": .init(low: -2, high: 1)])
    #expect(Set(try values(plan, .int8, as: Int8.self)) == [-2, -1, 0, 1])
    for type in [ElementType.float16, .bfloat16] {
      let bits = try values(plan, type, [20000], as: UInt16.self)
      let values = bits.map {
        type == .float16
          ? Double(Float16(bitPattern: $0)) : Double(Float(bitPattern: UInt32($0) << 16))
      }
      #expect(values.allSatisfy { $0 >= -2 && $0 < 1 })
      #expect(values.contains { $0 < -1.9 } && values.contains { $0 > 0.9 })
    }
  }

  @Test func valuesFillTheWholeInput() throws {
    let plan = InputPlan(values: ["x": 16000])
    #expect(Set(try values(plan, .int64, as: Int64.self)) == [16000])
    #expect(Set(try values(plan, .float32, as: Float.self)) == [16000])
    let largest = InputPlan(values: ["x": 0x1p63])
    #expect(Set(try values(largest, .uint64, as: UInt64.self)) == [1 << 63])
  }

  @Test(arguments: [
    (InputPlan(values: ["x": 256]), ElementType.uint8),
    (InputPlan(values: ["x": 0.5]), .int32),
    (InputPlan(values: ["x": 70000]), .float16),
    (InputPlan(values: ["x": .nan]), .float32),
    (InputPlan(values: ["x": 2]), .bool),
    (InputPlan(ranges: ["x": .init(low: 3, high: 2)]), .int64),
    (InputPlan(ranges: ["x": .init(low: -1, high: 2)]), .uint64),
  ])
  func valuesOutsideTheTypeAreRefused(_ plan: InputPlan, _ type: ElementType) throws {
    let error = #expect(throws: IsocutError.self) { try values(plan, type, as: UInt8.self) }
    #expect(error?.code == .usage)
    #expect(error?.message.contains("the input x, which is \(type.rawValue)") == true)
  }

  @Test func rawFilesAreReadAndCheckedForTypeShapeAndSize() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/a:b.raw"
      try Data([1, 2, 3, 4]).write(to: URL(fileURLWithPath: path))
      let good = InputPlan(files: ["x": path + ":uint8:2,2"])
      #expect(try values(good, .uint8, [2, 2], as: UInt8.self) == [1, 2, 3, 4])
      for (text, code) in [
        (path + ":uint8:4", IsocutError.Code.badData), (path + ":int8:2,2", .badData),
        (path + ":uint8:2,3", .badData), (folder + "/none.raw:uint8:2,2", .missingInput),
      ] {
        let error = #expect(throws: IsocutError.self) {
          try values(InputPlan(files: ["x": text]), .uint8, [2, 2], as: UInt8.self)
        }
        #expect(error?.code == code)
      }
      let short = #expect(throws: IsocutError.self) {
        try values(InputPlan(files: ["x": path + ":uint8:5"]), .uint8, [5], as: UInt8.self)
      }
      #expect(short?.message == "\(path) has 4 bytes, but uint8[5] has 5")
    }
  }

  @Test func unknownNamesAreListedWithTheInputs() {
    let plan = InputPlan(values: ["sr": 1], ranges: ["nope": .init(low: 0, high: 1)])
    let inputs = ["input", "sr"].map { TensorSpec(name: $0, elementType: .float32, shape: []) }
    let error = #expect(throws: IsocutError.self) { try plan.checkNames(inputs) }
    #expect(error?.message == "the model has no input nope; its inputs are input, sr")
  }
}
