/// What an operator asks of evidence beyond being genuine. Everything that is not named has its strict value; the only
/// thing without one are the measurements, which must be named, since no default can know them.
public struct EvidencePolicy: Hashable, Sendable {
    /// Whether evidence without a current revocation list can be trusted.
    public enum RevocationMode: String, Hashable, Sendable, CaseIterable {
        /// No: a list must be there, current, and not name the intermediate.
        case required
        /// Yes; a list that is there still counts.
        case ifPresent = "if-present"
    }

    /// The products of the default: those with sound attestation keys. Milan is left out: the secret behind a Milan
    /// chip's keys can be had by software alone (arXiv 2605.12990), so whoever once controlled such a machine can make
    /// reports for it at any TCB. It is taken only together with a list of chips that were never in other hands.
    public static let defaultProducts: Set<Product> = [.genoa, .turin]

    /// Launch measurements, 48 bytes each; nil for any, which says nothing about the code.
    public var measurements: Set<[UInt8]>?
    /// Whether the host may debug the guest, which ends all secrecy.
    public var allowsDebug = false
    /// Whether a migration agent may move the guest.
    public var allowsMigration = false
    /// Whether two threads may share a core.
    public var allowsSMT = true
    /// The privilege levels that may have asked, 0 to 3.
    public var vmpls: Set<UInt32> = [0]
    /// Whether the guest must be bound to one socket.
    public var requiresSingleSocket = false
    /// Whether the firmware must have looked for aliased memory (BadRAM).
    public var requiresAliasCheck = true
    /// The least TCBs. If there are any, a product that none speaks of is refused. All that apply must be reached.
    public var minimumTCB: [TCBFloor] = []
    /// The products that are taken.
    public var products = defaultProducts
    /// The chips that are taken, by the significant bytes of CHIP_ID: 64, or 8 from Turin on; nil for any.
    public var chips: Set<[UInt8]>?
    /// SHA-384 digests of ID keys; nil for any, or none.
    public var idKeyDigests: Set<[UInt8]>?
    /// SHA-384 digests of author keys; nil for any, or none.
    public var authorKeyDigests: Set<[UInt8]>?
    /// Values of HOST_DATA, 32 bytes each; nil for any.
    public var hostData: Set<[UInt8]>?
    /// Clouds (CSP_ID) whose VLEKs are taken. With a VLEK the cloud is trusted not to sign for another machine.
    public var clouds: Set<String> = []
    /// The greatest age of evidence; nil for any.
    public var maximumAgeSeconds: Int64?
    /// Whether evidence must answer a nonce of whoever asks.
    public var requiresNonce = false
    /// Whether a revocation list must be there.
    public var revocation = RevocationMode.required

    /// The strictest policy for these measurements; nil takes any.
    public init(measurements: Set<[UInt8]>?) {
        self.measurements = measurements
    }
}
