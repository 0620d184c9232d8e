import Cryptography
import Primitives

/// Sorts what a caller wants opened by what the keys at hand can do. It decides; nothing is changed by it.
struct UnlockPlan: Sendable {
    /// What is asked for, and by whom.
    struct Request: Sendable {
        let key: VaultKey
        /// The key of unsigned copies.
        let unsignedKey: VaultKey
        /// Whether a second signature was the same.
        let isRepeated: Bool
        let grant: String
        /// The names of scopes; nil asks for everything saved.
        let wanted: [String]?
    }

    /// A copy that was stored without a signature, and its text.
    struct Migration: Sendable {
        let record: VaultRecord
        let text: Secret
    }

    /// Scopes of which something can be used.
    private(set) var unlocked: [SecretScope] = []
    /// Scopes of which something does not open; one with several secrets may be among the unlocked, too.
    private(set) var locked: [SecretScope] = []
    /// Names for which nothing is saved.
    private(set) var skipped: [String] = []
    /// Records whose signature is seen to be the same as another one, with the check value.
    private(set) var proven: [(record: VaultRecord, check: [UInt8])] = []
    /// Copies to be sealed under the signature.
    private(set) var migrating: [Migration] = []
    /// Sealed records to be dropped: their signer does not sign the same again, and there is an unsigned copy.
    private(set) var reverting: [VaultRecord] = []
    /// The way of signing that is needed for what stayed shut.
    private(set) var neededKind: VaultTextKind?

    /// Throws only if secret memory is exhausted or a ciphertext cannot be read: that is no verdict on a key.
    init(_ records: [VaultRecord], _ request: Request, store: any VaultStore) throws {
        var opened: Set<SecretScope> = []
        var failed: Set<SecretScope> = []
        let asked = records.filter { request.wanted?.contains($0.name.scope.text) ?? true }
        for (name, versions) in Dictionary(grouping: asked, by: \.name) {
            let unsigned = versions.first { $0.seal == nil }
            let isOpen =
                if let signed = versions.first(where: { $0.seal != nil }) {
                    try take(signed, request, hasCopy: unsigned != nil, store)
                } else {
                    try migrate(unsigned, request, store)
                }
            if isOpen { opened.insert(name.scope) } else { failed.insert(name.scope) }
        }
        unlocked = opened.sorted { $0.text < $1.text }
        locked = failed.sorted { $0.text < $1.text }
        skipped = Set(request.wanted ?? []).subtracting(records.map(\.name.scope.text)).sorted()
    }

    private mutating func take(
        _ record: VaultRecord, _ request: Request, hasCopy: Bool, _ store: any VaultStore
    ) throws -> Bool {
        if try request.key.opens(record, store) {
            if !record.isProven, request.isRepeated || record.isOfAnotherLogin(than: request.grant) {
                proven.append((record, try request.key.check(of: record.name)))
            }
            return true
        }
        if let kind = record.seal?.kind, kind != request.key.kind {
            neededKind = kind
        } else if hasCopy, !record.isProven, record.epoch == request.key.epoch {
            reverting.append(record)
        }
        return false
    }

    private mutating func migrate(
        _ record: VaultRecord?, _ request: Request, _ store: any VaultStore
    ) throws -> Bool {
        guard let record, let text = try request.unsignedKey.text(of: record, store) else { return false }
        migrating.append(Migration(record: record, text: text))
        return true
    }

    /// The wallet's own signature, yet it opens nothing that it should.
    var signerIsNotDeterministic: Bool { unlocked.isEmpty && !locked.isEmpty }
}

extension VaultStore {
    /// The record's envelope; nil if it can be none. Throws `storageFailed` if it cannot be read.
    func bytes(of record: VaultRecord) throws(VaultError) -> [UInt8]? {
        do {
            return try envelope(record.stored)
        } catch {
            throw .storageFailed
        }
    }
}

extension VaultKey {
    /// Whether the record opens with this key. Throws only if secret memory is exhausted, or `storageFailed`.
    func opens(_ record: VaultRecord, _ store: any VaultStore) throws -> Bool {
        if let check = record.seal?.check, !ConstantTime.equal(check, try self.check(of: record.name)) { return false }
        return try text(of: record, store) != nil
    }

    /// The record's text; nil if it does not open with this key. Throws as `opens` does.
    func text(of record: VaultRecord, _ store: any VaultStore) throws -> Secret? {
        guard record.epoch == epoch, record.seal?.kind == kind, let bytes = try store.bytes(of: record) else {
            return nil
        }
        do throws(EnvelopeError) {
            return try open(Envelope(parsing: bytes), as: record.name)
        } catch {
            if case .memory(let error) = error { throw error }
            return nil
        }
    }
}
