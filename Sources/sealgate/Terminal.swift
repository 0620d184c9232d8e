import Glibc

/// Plain lines for people.
enum Terminal {
    /// Writes a line to standard output.
    static func say(_ text: String = "") {
        write(text + "\n", to: 1)
    }

    /// Writes text without a line break, for what arrives piece by piece.
    static func piece(_ text: String) {
        write(text, to: 1)
    }

    /// Writes a line to standard error.
    static func complain(_ text: String) {
        write(text + "\n", to: 2)
    }

    private static func write(_ text: String, to descriptor: Int32) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { return }
            bytes = bytes.dropFirst(count)
        }
    }
}
