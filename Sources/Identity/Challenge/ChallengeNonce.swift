public import Primitives

/// The fields of a nonce, as bytes. Pure layout: whether we issued it is `ChallengeAuthority`'s to say.
///
/// ```
/// offset  0   1  version, 1
///         1   1  purpose (`ChallengePurpose`)
///         2   1  kind of subject (`ChallengeSubject`)
///         3   8  expiry, milliseconds since 1970, big endian
///        11  16  random
///        27  16  first half of HMAC-SHA256
/// ```
///
/// As text it is 86 lower-case hex digits: alphanumeric, as EIP-4361 wants of a nonce, and with one spelling only.
public struct ChallengeNonce: Hashable, Sendable {
    /// From issue to expiry: long enough to read the text and confirm on a hardware wallet, short enough that a leaked
    /// one is soon worthless.
    public static let lifetimeMilliseconds: Int64 = 5 * 60 * 1_000
    /// Random bytes: two nonces never meet, and nobody guesses one.
    public static let randomBytes = 16
    /// Bytes of the truncated MAC: 2^-128 a forgery, each of which costs a request.
    static let codeBytes = 16
    static let version: UInt8 = 1
    static let fieldBytes = 11 + randomBytes
    static let byteCount = fieldBytes + codeBytes

    /// What it was issued for.
    public let purpose: ChallengePurpose
    /// The kind byte of its subject.
    let subjectKind: UInt8
    /// The first moment at which it is refused.
    public let expiresAt: Timestamp
    /// What makes it unique, and the key under which its use is stored.
    public let random: [UInt8]

    /// Whether it is for one wallet only.
    var isBound: Bool { subjectKind != ChallengeSubject.anyone.kind }

    /// When it was issued.
    public var issuedAt: Timestamp { expiresAt.adding(milliseconds: -ChallengeNonce.lifetimeMilliseconds) }

    /// Fields of a nonce that is issued at `now` (rounded down to the millisecond) with 16 random bytes.
    init(purpose: ChallengePurpose, subjectKind: UInt8, issuedAt now: Timestamp, random: [UInt8]) {
        precondition(random.count == ChallengeNonce.randomBytes, "a nonce has 16 random bytes")
        self.purpose = purpose
        self.subjectKind = subjectKind
        expiresAt = Timestamp(unixMicroseconds: now.unixMilliseconds * 1_000)
            .adding(milliseconds: ChallengeNonce.lifetimeMilliseconds)
        self.random = random
    }

    /// The fields and the code of a nonce as text; nil unless it is spelled exactly as ours are.
    static func parse(_ text: String) -> (nonce: ChallengeNonce, code: [UInt8])? {
        guard text.utf8.count == byteCount * 2, let bytes = Hex.decode(text), bytes.count == byteCount,
            Hex.encode(bytes).hasSameBytes(as: text), bytes[0] == version,
            let purpose = ChallengePurpose(rawValue: bytes[1])
        else { return nil }
        let milliseconds = bytes[3..<11].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard milliseconds <= maximumMilliseconds else { return nil }
        let nonce = ChallengeNonce(
            purpose: purpose, subjectKind: bytes[2],
            expiresAt: Timestamp(unixMicroseconds: Int64(milliseconds) * 1_000),
            random: Array(bytes[11..<fieldBytes]))
        return (nonce, Array(bytes[fieldBytes...]))
    }

    private init(purpose: ChallengePurpose, subjectKind: UInt8, expiresAt: Timestamp, random: [UInt8]) {
        self.purpose = purpose
        self.subjectKind = subjectKind
        self.expiresAt = expiresAt
        self.random = random
    }

    /// 2^48 ms is the year 10889; beyond that a moment in microseconds would not fit for long.
    private static let maximumMilliseconds: UInt64 = 1 << 48

    /// The 27 bytes before the code.
    var fields: [UInt8] {
        var bytes = [ChallengeNonce.version, purpose.rawValue, subjectKind]
        withUnsafeBytes(of: expiresAt.unixMilliseconds.bigEndian) { bytes.append(contentsOf: $0) }
        return bytes + random
    }

    /// The nonce as text.
    func text(code: [UInt8]) -> String {
        Hex.encode(fields + code)
    }
}
