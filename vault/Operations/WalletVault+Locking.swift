import Database
public import Primitives

extension WalletVault {
    /// What the wallet has open now, grant by grant, in the order of opening.
    public func openings(of wallet: WalletID) -> [VaultOpening] {
        open.openings(of: wallet, at: clock.now())
    }

    /// Closes what the caller's grant has open for a purpose: the scopes called `names`, or with nil all of them. With
    /// `everywhere`, every grant of the wallet. Returns the names of what was open, in order.
    ///
    /// Closing comes before its row in the log: a vault that cannot be logged is closed all the same, and the caller
    /// hears that there is no row.
    public func lock(
        _ purpose: VaultPurpose, names: [String]?, everywhere: Bool, for caller: VaultCaller
    ) async throws -> [String] {
        let scopes = names.map { names in
            Set(
                names.compactMap { name in
                    purpose == .providers ? ProviderSlug(name).map(SecretScope.init) : SecretScope(name, of: purpose)
                })
        }
        let closed =
            everywhere
            ? open.close(scopes, of: purpose, wallet: caller.wallet)
            : open.close(scopes, of: purpose, for: caller.grant)
        let subjects = closed.map(\.subject).sorted()
        let now = clock.now()
        if !subjects.isEmpty {
            try await database.write { [audit] in
                try audit.append(
                    subjects.map { (.locked, $0) }, by: caller.grant, of: caller.wallet, at: now, in: $0)
            }
        }
        return closed.map(\.text).sorted()
    }
}
