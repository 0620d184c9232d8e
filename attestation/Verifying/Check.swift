/// One question put to evidence, and its answer.
public struct Check: Hashable, Sendable {
    /// Which question. A struct, so that whoever knows more than the report can ask more.
    public struct Name: RawRepresentable, Hashable, Sendable {
        /// The stable code.
        public let rawValue: String

        /// A question by its code.
        public init(rawValue: String) {
            self.rawValue = rawValue
        }
    }

    /// The answer.
    public enum Outcome: Hashable, Sendable {
        /// Asked, and right.
        case pass
        /// Asked, and wrong: the kind of refusal, and what exactly is wrong in plain words.
        case fail(RejectReason, String)
        /// Not asked, and why.
        case notChecked(String)
    }

    /// Which question.
    public let name: Name
    /// The answer.
    public let outcome: Outcome
    /// Whether evidence is trusted only if this passed. Otherwise it is enough that it did not fail.
    public let isRequired: Bool

    /// A question and its answer.
    public init(_ name: Name, _ outcome: Outcome, isRequired: Bool) {
        self.name = name
        self.outcome = outcome
        self.isRequired = isRequired
    }

    /// Whether this stands in the way of trust.
    public var isObstacle: Bool {
        switch outcome {
        case .pass: false
        case .fail: true
        case .notChecked: isRequired
        }
    }
}

extension Check.Name {
    /// Size, version, algorithm, fields, reserved areas.
    public static let report = Check.Name(rawValue: "report")
    /// All certificates there, and readable.
    public static let certificates = Check.Name(rawValue: "certificates")
    /// CPUID and certificates name one product.
    public static let product = Check.Name(rawValue: "product")
    /// The product is on the policy's list.
    public static let productAllowed = Check.Name(rawValue: "product_allowed")
    /// The root is pinned.
    public static let root = Check.Name(rawValue: "root")
    /// Names, flags, keys and signatures from the root to the VEK.
    public static let chain = Check.Name(rawValue: "chain")
    /// Every certificate within its validity.
    public static let certificateTime = Check.Name(rawValue: "certificate_time")
    /// The intermediate is not revoked.
    public static let revocation = Check.Name(rawValue: "revocation")
    /// The VEK certificate has what AMD writes into one of its kind.
    public static let vekProfile = Check.Name(rawValue: "vek_profile")
    /// The report names the kind of key that the certificate is for.
    public static let keyKind = Check.Name(rawValue: "key_kind")
    /// The certificate is for this chip.
    public static let hardwareID = Check.Name(rawValue: "hardware_id")
    /// The cloud is on the policy's list.
    public static let cloudProvider = Check.Name(rawValue: "cloud_provider")
    /// The certificate is for the reported TCB, component by component.
    public static let certificateTCB = Check.Name(rawValue: "certificate_tcb")
    /// The VEK signed the report.
    public static let reportSignature = Check.Name(rawValue: "report_signature")
    /// The host cannot read the guest's memory by debugging.
    public static let debug = Check.Name(rawValue: "debug")
    /// The guest cannot be moved by a migration agent.
    public static let migration = Check.Name(rawValue: "migration")
    /// The privilege level that asked.
    public static let vmpl = Check.Name(rawValue: "vmpl")
    /// No two threads share a core.
    public static let smt = Check.Name(rawValue: "smt")
    /// One socket only.
    public static let singleSocket = Check.Name(rawValue: "single_socket")
    /// The firmware found no aliased memory.
    public static let aliasCheck = Check.Name(rawValue: "alias_check")
    /// Reported, committed and current TCB stand in their order.
    public static let tcbOrder = Check.Name(rawValue: "tcb_order")
    /// Reported, committed and launch TCB reach the policy's minimum.
    public static let minimumTCB = Check.Name(rawValue: "minimum_tcb")
    /// The launch measurement is on the policy's list.
    public static let measurement = Check.Name(rawValue: "measurement")
    /// The ID key is on the policy's list.
    public static let idKey = Check.Name(rawValue: "id_key")
    /// The author key is on the policy's list.
    public static let authorKey = Check.Name(rawValue: "author_key")
    /// HOST_DATA is on the policy's list.
    public static let hostData = Check.Name(rawValue: "host_data")
    /// The chip is on the policy's list.
    public static let chipAllowed = Check.Name(rawValue: "chip_allowed")
    /// REPORT_DATA is what the statement hashes to.
    public static let reportData = Check.Name(rawValue: "report_data")
    /// The evidence answers the caller's nonce.
    public static let nonce = Check.Name(rawValue: "nonce")
    /// The evidence is young enough.
    public static let age = Check.Name(rawValue: "age")
}
