import Cryptography
public import Database
import Ethereum
public import Primitives

/// Requests that a wallet signs one by one (ERC-8128 over RFC 9421): no login, no token, each good once.
///
/// What is signed is the whole request and nothing less, with a nonce; a signature that covers less, or could be used
/// again, is refused. A nonce is spent last, in one statement: a request that is refused for anything else leaves it
/// unused, and of many with the same one a single one passes.
public struct SignedRequests: Sendable {
    /// Candidates that are tried where contracts are asked. A client signs once, maybe once more under another label.
    static let maximumAsked = 2
    private static let nonceDomain = "sealgate/request-nonce/v1"
    /// Stands before the ids under which wallets are known that signed a request: there is no session behind it.
    static let idPrefix = "sig_"
    private static let idDomain = Array("sealgate/signed-request/v1".utf8)
    /// 160 bits, as in the ids of wallet tokens.
    private static let idBytes = 20

    /// Which revisions are taken.
    public let revisions: Set<SignatureRevision>
    /// The origin at which requests have to be signed.
    public let origin: WebOrigin
    private let signatures: any AccountSignatures
    private let wallets: Wallets
    private let database: Database
    private let clock: any WallClock
    private let random: any RandomSource
    private let used = UsedProofs()

    /// Signed requests of the given revisions; none of them turns it off.
    public init(
        revisions: Set<SignatureRevision>, origin: WebOrigin, signatures: any AccountSignatures, wallets: Wallets,
        database: Database, clock: any WallClock, random: any RandomSource
    ) {
        self.revisions = revisions
        self.origin = origin
        self.signatures = signatures
        self.wallets = wallets
        self.database = database
        self.clock = clock
        self.random = random
    }

    /// Whether the request comes with a signature of this use, good or bad. A field that cannot be read counts: it is
    /// refused rather than passed over. `hasOther` says whether there is another credential, to which a signature of
    /// another use leaves the decision.
    public func isSigned(_ message: SignedMessage, hasOther: Bool) -> Bool {
        guard !revisions.isEmpty, message.field("signature-input") != nil else { return false }
        guard hasOther, let candidates = try? SignatureCandidate.all(in: message, revisions) else { return true }
        return !candidates.isEmpty
    }

    /// Who signed the request; `contentSHA256` is asked for the digest of what was received as its content. Candidates
    /// are tried in wire order, and the first that passes wins. Throws of several failures the first that time may
    /// mend, else the first.
    public func principal(
        of message: SignedMessage, contentSHA256: () -> [UInt8]
    ) async throws(RequestSignatureError) -> Principal {
        let now = clock.now()
        var failures: [RequestSignatureError] = []
        let candidates = try SignatureCandidate.all(in: message, revisions)
        // Each may be a question to a chain: a stranger must not have many of them asked with one request.
        let tried = signatures.asksContracts ? SignedRequests.maximumAsked : candidates.count
        for candidate in candidates.prefix(tried) {
            do throws(RequestSignatureError) {
                let claim = try candidate.claim(in: message, chains: signatures.chainIDs, at: now)
                guard claim.digest.map({ $0.sha256 == contentSHA256() }) ?? true else { throw .badDigest }
                return try await accept(claim, at: now)
            } catch {
                failures.append(error)
            }
        }
        throw failures.first { $0 == .unavailable } ?? failures.first ?? .notAcceptable
    }

    /// Whether some candidate is a key's signature over this head, in time, whatever content follows. Asks neither
    /// database nor chain, so it says nothing of replays, and nothing good of a contract: enough to let a client send a
    /// large body, not enough to serve it.
    public func isGenuine(_ message: SignedMessage) -> Bool {
        let now = clock.now()
        guard let candidates = try? SignatureCandidate.all(in: message, revisions) else { return false }
        return candidates.contains { candidate in
            guard let claim = try? candidate.claim(in: message, chains: signatures.chainIDs, at: now) else {
                return false
            }
            let signature = try? WalletSignature(strict: claim.signature)
            return signature?.signer(ofDigest: claim.messageDigest) == claim.account.address
        }
    }

    private func accept(_ claim: RequestClaim, at now: Timestamp) async throws(RequestSignatureError) -> Principal {
        let holder: SignatureProof.Holder
        switch await signatures.finding(claim.signature, over: claim.messageDigest, by: claim.account) {
        case .valid(let found): holder = found
        case .invalid: throw .badSignature
        case .unsupported: throw .unsupportedAccount
        case .unavailable: throw .unavailable
        }
        let mark = UsedProofs.Mark(
            SignedRequests.nonceDomain, [claim.account.text, claim.nonce], until: claim.window.end)
        let entry = wallets.entry(for: claim.account.address, holder: holder, random: random)
        let wallet: WalletID?
        do {
            wallet = try await database.write { [used, wallets] tx in
                guard try used.use(mark, in: tx) else { return nil }
                return try wallets.findOrCreate(entry, at: now, in: tx)
            }
        } catch {
            throw .unavailable
        }
        guard let wallet else { throw .nonceReused }
        return Principal(
            walletID: wallet, address: claim.account.address, sessionID: SignedRequests.id(of: claim.account),
            expiresAt: claim.window.end,
            // A contract's address is its own on one chain only, so it vouches for no other credentials.
            rights: holder == .key ? .everything : .everyday)
    }

    /// The same for every request of an account, and no session's: nothing can be opened under it, or ended.
    private static func id(of account: AccountID) -> String {
        idPrefix + Hex.encode(SHA256.hash(idDomain, Array(account.text.utf8)).prefix(idBytes))
    }

    /// What `Accept-Signature` says to a request whose signature covered too little.
    public static func acceptable(for message: SignedMessage) -> String {
        SignatureCoverage.acceptable(for: message)
    }

    /// Whether an id of a principal is one of these rather than a session's or token's.
    public static func isID(_ id: String) -> Bool { id.utf8.starts(with: idPrefix.utf8) }

    /// What the gateway takes, for signers that ask first (ERC-8128 section 7).
    public var discovery: JSON {
        [
            "max_validity_sec": .integer(SignatureWindow.maximumSeconds),
            "chains": .array(signatures.chainIDs.map { .string("eip155:\($0)") }),
            "account_verification": signatures.asksContracts ? "universal" : "eoa-only",
            "route_policies": ["default": ["replay": "non-replayable", "content_digest": "request-body"]],
        ]
    }

    /// The chains served, as a challenge lists them.
    public var chains: String { signatures.chainIDs.map { "eip155:\($0)" }.joined(separator: " ") }

    /// Whether contracts are asked, as a challenge says it.
    public var accountVerification: String { signatures.asksContracts ? "universal" : "eoa-only" }
}

extension RequestClaim {
    /// What the account signed: the EIP-191 digest of the base.
    var messageDigest: [UInt8] { PersonalMessage.digest(of: Array(base.utf8)) }
}
