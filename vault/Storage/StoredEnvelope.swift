/// Where an envelope lies: in its row, or in a file that the row names.
public struct StoredEnvelope: Hashable, Sendable {
    /// The envelope's bytes; none if it lies in a file.
    public let inline: [UInt8]
    /// The file's name within the vault's folder; nil if the envelope is inline.
    public let file: String?

    /// In the row.
    public init(inline: [UInt8]) {
        self.init(inline: inline, file: nil)
    }

    /// In a file.
    public init(file: String) {
        self.init(inline: [], file: file)
    }

    init(inline: [UInt8], file: String?) {
        self.inline = inline
        self.file = file
    }
}
