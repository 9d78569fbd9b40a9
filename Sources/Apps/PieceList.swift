/// A list that grows at its end, in pieces, so that a new entry costs about the same however many there are, although older
/// copies of the list are kept.
public struct PieceList<Element: Sendable>: Sendable, RandomAccessCollection, MutableCollection {
    private var full: [[Element]] = []
    private var newest: [Element] = []
    private static var pieceLength: Int { 64 }

    init() {}

    public var startIndex: Int { 0 }
    public var endIndex: Int { full.count * Self.pieceLength + newest.count }

    public subscript(index: Int) -> Element {
        get {
            let (piece, place) = Self.position(index)
            return piece < full.count ? full[piece][place] : newest[place]
        }
        set {
            let (piece, place) = Self.position(index)
            if piece < full.count { full[piece][place] = newValue } else { newest[place] = newValue }
        }
    }

    mutating func append(_ element: Element) {
        newest.append(element)
        if newest.count == Self.pieceLength {
            full.append(newest)
            newest = []
        }
    }

    private static func position(_ index: Int) -> (piece: Int, place: Int) {
        (index / pieceLength, index % pieceLength)
    }
}

extension PieceList: Equatable where Element: Equatable {}
extension PieceList: Hashable where Element: Hashable {}
