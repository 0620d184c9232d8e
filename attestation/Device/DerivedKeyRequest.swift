/// What a derived key shall depend on (SNP_GET_DERIVED_KEY, message version 1).
///
/// A key is worth what it depends on. Without `measurement` any guest on the same chip gets it; without `policy` a
/// launch of the same image that allows debugging does, too. Where the measurement is the provider's firmware, every
/// customer's image on that chip has the same one.
public struct DerivedKeyRequest: Hashable, Sendable {
    /// The secret that the key comes from.
    public enum Root: UInt32, Hashable, Sendable {
        /// The chip's secret at its reported TCB (VCEK), or the cloud's (VLEK). A firmware update changes it.
        case endorsementKey = 0
        /// VMRK: new at each launch unless a migration agent hands one over.
        case migrationKey = 1
    }

    /// Values of the guest that are mixed in (GUEST_FIELD_SELECT).
    public struct Fields: OptionSet, Hashable, Sendable {
        /// The bits as the firmware reads them.
        public let rawValue: UInt64

        /// A set by its bits.
        public init(rawValue: UInt64) {
            self.rawValue = rawValue
        }

        /// The launch policy, with its debug bit.
        public static let policy = Fields(rawValue: 1 << 0)
        /// IMAGE_ID of the ID block.
        public static let imageID = Fields(rawValue: 1 << 1)
        /// FAMILY_ID of the ID block.
        public static let familyID = Fields(rawValue: 1 << 2)
        /// The launch measurement.
        public static let measurement = Fields(rawValue: 1 << 3)
        /// `guestSVN` of this request.
        public static let guestSVN = Fields(rawValue: 1 << 4)
        /// `tcbVersion` of this request.
        public static let tcbVersion = Fields(rawValue: 1 << 5)
    }

    /// The secret that the key comes from.
    public let root: Root
    /// What is mixed in.
    public let fields: Fields
    /// The privilege level mixed in, 0 (the highest) to 3; at or above the guest's own number.
    public let vmpl: UInt32
    /// Mixed in if selected: at most the security version of the guest's ID block.
    public let guestSVN: UInt32
    /// Mixed in if selected: at most COMMITTED_TCB, component by component, in the product's layout.
    public let tcbVersion: UInt64

    /// A request; by default bound to what was launched and how.
    public init(
        root: Root = .endorsementKey, fields: Fields = [.measurement, .policy], vmpl: UInt32 = 0, guestSVN: UInt32 = 0,
        tcbVersion: UInt64 = 0
    ) {
        self.root = root
        self.fields = fields
        self.vmpl = vmpl
        self.guestSVN = guestSVN
        self.tcbVersion = tcbVersion
    }
}
