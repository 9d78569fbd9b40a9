import Testing

@testable import Housekeeping

/// What is due when, and which packs are made one: no file is touched.
@Suite struct PlanTests {
    @Test(arguments: [
        ([], 0), ([10], 0), ([10, 20], 0), ([10, 19], 2), ([10, 20, 40, 80], 0),
        // The two that are alike are made one of 20, and so the 39 too, and then 59 is more than half of 100.
        ([10, 10, 39, 100], 4),
        ([10, 10, 40, 100], 2), ([1, 1, 1, 1, 1_000], 4), ([600, 1_000], 2), ([5, 1_000, 1_500], 3),
        ([1, 2, 4, 8, 16, 31], 6),
    ])
    func theSmallestPacksAreMadeOne(objects: [Int], count: Int) {
        let packs = objects.enumerated().map { Pack(name: "pack-\($0)", objects: $1, bytes: $1) }.shuffled()
        let chosen = Pack.toRollUp(packs, factor: 2)
        #expect(chosen.map(\.objects) == Array(objects.prefix(count)))
    }

    @Test func keptPacksAreLeftAlone() {
        let packs = [
            Pack(name: "a", objects: 10, bytes: 1), Pack(name: "b", objects: 10, bytes: 1, isKept: true),
            Pack(name: "c", objects: 25, bytes: 1),
        ]
        #expect(Pack.toRollUp(packs, factor: 2).isEmpty)
    }

    @Test(
        arguments: [
            ([], false), ([(10, 900)], false), ([(10, 100), (1, 201)], true), ([(10, 100), (1, 200)], false),
            ([(10, 10), (1, 50), (1, 50)], false), ([(10, 10), (1, 50), (1, 51)], true),
        ] as [([(Int, Int)], Bool)])
    func muchInFewObjectsIsSeen(packs: [(objects: Int, bytes: Int)], isOvergrown: Bool) {
        let packs = packs.enumerated().map { Pack(name: "pack-\($0)", objects: $1.objects, bytes: $1.bytes) }
        #expect(Pack.isOvergrown(packs, least: 100) == isOvergrown)
    }

    /// However many packs come, there are few, and each object is written anew only so often.
    @Test func theNumberOfPacksGrowsLikeALogarithm() {
        var packs: [Pack] = []
        var rewritten = 0
        for number in 1...1_000 {
            packs.append(Pack(name: "pack-\(number)", objects: 100 + number % 13, bytes: 1))
            let chosen = Pack.toRollUp(packs, factor: 2)
            guard !chosen.isEmpty else { continue }
            let objects = chosen.reduce(0) { $0 + $1.objects }
            rewritten += objects
            packs.removeAll { chosen.contains($0) }
            packs.append(Pack(name: "rolled-\(number)", objects: objects, bytes: 1))
            #expect(packs.count <= 11, "after \(number)")
        }
        let total = packs.reduce(0) { $0 + $1.objects }
        #expect(rewritten < 11 * total, "\(rewritten) objects for \(total)")
    }

    @Test(
        arguments: [
            (0, 0, 0, nil, Occasion.start),
            (5_000, 0, 0, 1, .looseObjects),
            (4_095, 0, 0, 1, nil),
            // What could not be packed does not count again.
            (5_000, 1_000, 0, 1, nil),
            (5_096, 1_000, 0, 1, .looseObjects),
            (256, 0, 0, 599, nil), (256, 0, 0, 600, .looseObjects), (255, 0, 0, 6_000, nil),
            (0, 0, 24, 10, .packs), (0, 0, 23, 10, nil), (0, 0, 24, 9, nil),
            (0, 0, 0, 86_399, nil), (0, 0, 0, 86_400, .routine),
        ] as [(Int, Int, Int, Int?, Occasion?)])
    func whatIsDue(loose: Int, leftOver: Int, packs: Int, idle: Int?, occasion: Occasion?) {
        let due = Occasion.due(
            loose: loose, leftOver: leftOver, packs: packs, idle: idle.map { .seconds($0) }, HousekeepingOptions())
        #expect(due == occasion)
    }

    @Test(arguments: [(1, 30), (2, 120), (3, 480), (6, 21_600), (60, 21_600)])
    func failuresAreRetriedEverMoreSeldom(count: Int, seconds: Int) {
        #expect(Occasion.pause(afterFailures: count, HousekeepingOptions()) == .seconds(seconds))
    }

    @Test(arguments: [(0, 19), (16_383, 19), (16_384, 10), (32_767, 10), (32_768, 0), (1_000_000, 0)])
    func theMoreHasPiledUpTheLessItStandsBack(loose: Int, niceness: Int32) {
        #expect(Occasion.niceness(loose: loose, HousekeepingOptions()) == niceness)
    }

    @Test(arguments: [(100, 200, 50, true), (100, 160, 50, false), (0, 50, 50, true), (0, 49, 50, false)])
    func nothingIsWrittenWhereTheDiskIsNearlyFull(bytes: Int, free: Int, reserved: Int, fits: Bool) {
        #expect(Pass.fits(bytes, free: free, reserved: reserved) == fits)
    }

    @Test(
        arguments: [
            ("0000 1111 Ada <ada@example.com> 1700000000 +0100\tpush\n", 1_700_000_000),
            ("0000 1111 A <b> c <ada@example.com> 17 +0100\tpush by <x>\n", nil),
            ("", nil), ("no log at all", nil),
        ] as [(String, Int?)])
    func theTimeOfALog(line: String, time: Int?) {
        #expect(ReferenceLogs.time(of: line) == time)
    }
}
