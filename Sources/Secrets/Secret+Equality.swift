import Crypto

extension Secret {
    /// Whether this is the text that was offered. Takes as long for any text of the same length, right or wrong: the
    /// digests of both are compared, and those in constant time.
    public func matches(_ offered: Secret) -> Bool {
        SHA256.hash(data: Array(exposed.utf8)) == SHA256.hash(data: Array(offered.exposed.utf8))
    }
}
