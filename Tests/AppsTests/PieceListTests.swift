import Testing

@testable import Apps

/// A list in pieces is an array to whoever reads it, and an older copy stays as it was.
@Suite struct PieceListTests {
    @Test(arguments: [0, 1, 63, 64, 65, 128, 200]) func isAnArrayToItsReaders(_ count: Int) {
        var list = PieceList<Int>()
        var array: [Int] = []
        for number in 0..<count {
            list.append(number)
            array.append(number)
            #expect(list.last == number && list.count == number + 1)
        }
        let older = list
        for index in stride(from: 0, to: count, by: 31) {
            list[index] = -index
            array[index] = -index
        }
        list.append(-1)
        #expect(Array(list) == array + [-1])
        #expect(Array(older) == Array(0..<count))
        #expect(list.lastIndex { $0 == -1 } == count)
    }
}
