import Access
import Apps

extension PushNeeds.Need {
    /// The same in the words of the service.
    var permission: Permission {
        switch right {
        case .create: .create
        case .save: .save
        case .deploy: .deploy
        case .delete: .delete
        case .administer: .administer
        }
    }

    var scope: Scope { namespace.map { .namespace($0) } ?? .everywhere }

    /// In the order in which refusals are told.
    static func precedes(_ one: PushNeeds.Need, _ other: PushNeeds.Need) -> Bool {
        (one.namespace ?? "", one.rank) < (other.namespace ?? "", other.rank)
    }

    private var rank: Int { PushNeeds.Right.allCases.firstIndex(of: right) ?? 0 }
}
