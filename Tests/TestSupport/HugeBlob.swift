/// A gibibyte of zeros, of which git makes a file of one megabyte.
public enum HugeBlob {
    /// What `git hash-object` says of it, which takes a long time to say so.
    public static let id = "4fce05a4e4ed8cefef2d99f32c519b2fd7841b74"

    /// A zlib stream (RFC 1950) of pieces that do not look back at each other, so that one stands for all. Its last four
    /// bytes are the sum of what comes out: `a` does not grow with zeros, and `b` by `a` with each.
    private static let script = """
        import os, sys, zlib
        size, piece = 1 << 30, 1 << 20
        head = b"blob %d\\0" % size
        packer = zlib.compressobj(9)
        start = packer.compress(head) + packer.flush(zlib.Z_FULL_FLUSH)
        zeros = packer.compress(bytes(piece)) + packer.flush(zlib.Z_FULL_FLUSH)
        end = packer.flush(zlib.Z_FINISH)[:-4]
        b, a = divmod(zlib.adler32(head), 1 << 16)
        b = (b + size * a) % 65521
        os.makedirs(os.path.dirname(sys.argv[1]), exist_ok=True)
        with open(sys.argv[1], "wb") as file:
            file.write(start + zeros * (size // piece) + end + (b << 16 | a).to_bytes(4, "big"))
        """

    /// Puts it among the objects of a repository, in a file of its own.
    ///
    /// - Parameter repository: a bare repository, or the folder `.git` of another.
    public static func write(into repository: String) async throws {
        let file = "\(repository)/objects/\(id.prefix(2))/\(id.dropFirst(2))"
        try await Command.output(python, ["-c", script, file])
    }
}
