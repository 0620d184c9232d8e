import Synchronization

/// The certificate that new connections are shown. It can change while the server runs, its key cannot.
final class TLSStore: Sendable {
    /// By which key the server is known, for its whole life.
    let identity: TLSIdentity
    private let key: TLSKey?
    private let current: Mutex<TLSContext>

    init(_ configuration: TLSConfiguration) throws {
        let context = try TLSContext(configuration)
        switch configuration.privateKey {
        case .given:
            key = nil
            identity = TLSIdentity(source: .file, spkiSHA256: context.spkiSHA256)
        case .inside(let key):
            self.key = key
            identity = TLSIdentity(source: .inside, spkiSHA256: key.spkiSHA256)
        }
        current = Mutex(context)
    }

    /// What the next connection uses. Those that are open keep theirs.
    var context: TLSContext { current.withLock { $0 } }

    /// Takes another chain for the key that was made inside. Throws `TLSError`, and then nothing has changed.
    func install(certificateChain: TLSConfiguration.Source) throws {
        guard let key else { throw TLSError.keyNotInside }
        let context = try TLSContext(TLSConfiguration(certificateChain: certificateChain, key: key))
        current.withLock { $0 = context }
    }
}
