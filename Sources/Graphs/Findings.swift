import JSONValues

/// One thing that a check has found to be wrong.
struct Finding {
    /// The way from the root of what is checked.
    let path: [String]
    let message: String
}

/// What a check has found, in the order in which it was found, and no more of it than anybody reads.
///
/// A text of a MiB can hold a million mistakes, or one about a name of a megabyte: both cost little here.
struct Findings {
    /// So many are kept; what comes after them is only counted.
    static let most = 100

    private(set) var list: [Finding] = []
    /// How many there are beyond those in the list.
    private(set) var rest = 0

    var isEmpty: Bool { list.isEmpty }

    /// Notes a mistake. Neither argument is made where the list is full.
    mutating func refuse(_ path: @autoclosure () -> [String], _ message: @autoclosure () -> String) {
        guard list.count < Self.most else {
            rest += 1
            return
        }
        list.append(Finding(path: path(), message: message().excerpt(2_000)))
    }
}
