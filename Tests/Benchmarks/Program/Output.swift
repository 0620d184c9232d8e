import Glibc
import Primitives

/// What the program says.
enum Output {
    /// One line of JSON, at once: `print` keeps lines back.
    static func say(_ json: JSON) {
        put(json.bytes + [UInt8(ascii: "\n")], to: 1)
    }

    /// Ends with a message and a status.
    static func stop(_ text: String, status: CInt) -> Never {
        put(Array(text.utf8), to: 2)
        exit(status)
    }

    private static func put(_ bytes: [UInt8], to descriptor: CInt) {
        _ = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    }
}
