/// Ciphertexts in the rows themselves: the audit row, the record and its bytes are one commit.
public struct RowVaultStore: VaultStore {
    /// The store.
    public init() {}

    /// Nothing happens outside the database.
    public var isApart: Bool { false }

    /// The bytes as they are.
    public func keep(_ envelope: [UInt8], at place: VaultPlace) throws(VaultStoreError) -> StoredEnvelope {
        StoredEnvelope(inline: envelope)
    }

    /// The bytes in the row; nil if they lie in a folder that is not set.
    public func envelope(_ stored: StoredEnvelope) throws(VaultStoreError) -> [UInt8]? {
        stored.file == nil ? stored.inline : nil
    }

    /// Nothing: they went with the row.
    public func forget(_ stored: [StoredEnvelope]) {}

    /// Throws `noFolder` if rows refer to files.
    public func recover(keeping files: Set<String>, isKnown: Bool) throws(VaultStoreError) -> Set<String> {
        guard files.isEmpty else { throw .noFolder }
        return []
    }

    /// Nothing is held.
    public func close() {}
}
