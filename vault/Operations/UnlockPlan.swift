/// Sorts the providers that a caller wants opened by what the key from their signature can do. Pure.
struct UnlockPlan: Sendable {
    private(set) var unlocked: [ProviderSlug] = []
    private(set) var locked: [ProviderSlug] = []
    private(set) var skipped: [String] = []

    /// `wanted` nil asks for everything saved. Throws only if secret memory is exhausted: that is no verdict on a key.
    init(records: [VaultRecord], wanted: [String]?, key: VaultKey) throws {
        for record in records where wanted?.contains(record.provider.text) ?? true {
            if try key.opens(record) { unlocked.append(record.provider) } else { locked.append(record.provider) }
        }
        let saved = Set(records.map(\.provider.text))
        skipped = Set(wanted ?? []).subtracting(saved).sorted()
    }

    /// The wallet's own signature, yet it opens nothing that it should.
    var signerIsNotDeterministic: Bool { unlocked.isEmpty && !locked.isEmpty }
}

extension VaultKey {
    /// Whether the record opens with this key. Throws only if secret memory is exhausted.
    func opens(_ record: VaultRecord) throws -> Bool {
        do throws(EnvelopeError) {
            _ = try open(Envelope(parsing: record.envelope), for: record.provider)
            return true
        } catch {
            if case .memory(let error) = error { throw error }
            return false
        }
    }
}
