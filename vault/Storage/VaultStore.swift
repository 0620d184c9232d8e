/// Where ciphertexts lie. Rows, audit and everything that is believed stay in the database in either case; a store
/// holds bytes that authenticate themselves.
///
/// The order of a change: what it is about to do stands in the audit log; `keep` makes the new bytes durable under a
/// name that nothing refers to yet; one transaction makes the row refer to them and audits that; `forget` removes what
/// the row referred to before. A death at any point leaves the old record or the new one whole, and at most bytes that
/// nothing refers to, which `recover` puts aside.
public protocol VaultStore: Sendable {
    /// Whether `keep` acts outside the database, so that the audit log has to know beforehand.
    var isApart: Bool { get }

    /// Makes an envelope durable and says where it lies. May take as long as a disk does. `place` is the opaque name of
    /// wallet and secret, 64 lower-case hex digits each. Throws if it cannot: nothing may be said to be stored then.
    func keep(_ envelope: [UInt8], at place: VaultPlace) throws(VaultStoreError) -> StoredEnvelope

    /// The bytes; nil if what the row says cannot be an envelope of this store. Throws `notRead` if they are not to be
    /// had at present, which says nothing about them.
    func envelope(_ stored: StoredEnvelope) throws(VaultStoreError) -> [UInt8]?

    /// Removes bytes that no row refers to any more. What cannot be removed now is put aside at the next `recover`.
    func forget(_ stored: [StoredEnvelope])

    /// At the start, before anything is served: puts aside what no row refers to. `files` are those that rows refer to;
    /// returns those of them that are gone, and touches nothing then. `isKnown` says whether the log tells of any
    /// secret: each is announced there before its file is begun. Throws `unknownFiles` if there are files and it does
    /// not: they belong to another database.
    func recover(keeping files: Set<String>, isKnown: Bool) throws(VaultStoreError) -> Set<String>

    /// At the end: lets others use the place.
    func close()
}

/// Why a ciphertext could not be stored.
public enum VaultStoreError: Error, Hashable, Sendable {
    /// The folder took no file, or did not make it durable.
    case notWritten
    /// The file is not there, or could not be read.
    case notRead
    /// There is no folder, though rows refer to files in one.
    case noFolder
    /// The folder holds whole files, but no row refers to a file: another database's, most likely.
    case unknownFiles
}
