extension String {
    /// The text's beginning, for a message that quotes what somebody has written: whole where it is short, else cut off
    /// with "…".
    ///
    /// - Parameter most: in UTF-8 bytes up to which it is short, and in Unicode scalars that are kept of a longer one.
    public func excerpt(_ most: Int = 200) -> String {
        utf8.count <= most ? self : String(String.UnicodeScalarView(unicodeScalars.prefix(most))) + "…"
    }
}
