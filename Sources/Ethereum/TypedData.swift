import Cryptography
public import Primitives

/// EIP-712 typed structured data, as `eth_signTypedData_v4` signs it.
///
/// A value of this type has been checked and hashed: every type is known, every value fits its type, and nothing is in
/// the message that is not part of the hash. Stricter than most wallets on purpose: what a person is shown is what is
/// signed.
public struct TypedData: Sendable {
    /// One member of a struct.
    public struct Field: Hashable, Sendable {
        /// The member's name.
        public let name: String
        /// The member's type, `uint256` or `Person[]` say.
        public let type: String

        /// A member by name and type.
        public init(_ name: String, _ type: String) {
            self.name = name
            self.type = type
        }
    }

    /// A declared struct.
    public struct Structure: Hashable, Sendable {
        /// Its name.
        public let name: String
        /// Its members in order.
        public let fields: [Field]

        /// A struct by name and members.
        public init(_ name: String, _ fields: [Field]) {
            self.name = name
            self.fields = fields
        }
    }

    /// The most structs of a document.
    public static let maximumStructures = 64
    /// The most members of a struct.
    public static let maximumFields = 64
    /// How deep values may nest, and how many brackets a type may have. A struct that contains itself ends when its
    /// data does, or here.
    public static let maximumDepth = 32

    /// The declared structs, without the domain's.
    public let types: [Structure]
    /// The struct that the message is.
    public let primaryType: String
    /// Who asks: `name`, `version`, `chainId`, `verifyingContract`, `salt`, those that are present.
    public let domain: JSON
    /// What is signed.
    public let message: JSON

    /// hashStruct of the domain, 32 bytes.
    public let domainSeparator: [UInt8]
    /// hashStruct of the message, 32 bytes.
    public let structHash: [UInt8]

    /// Checks and hashes. Numbers are whole JSON numbers, decimal strings or hex strings; bytes and addresses are hex
    /// strings with `0x`.
    public init(types: [Structure], primaryType: String, domain: JSON, message: JSON) throws(TypedDataError) {
        let domainType = try TypedData.domainType(of: domain)
        guard !types.contains(where: { $0.name == domainType.name }) else {
            throw TypedDataError(reason: .badName, path: "types.\(domainType.name)")
        }
        var domainHasher = try TypedDataHasher([domainType])
        domainSeparator = try domainHasher.hash(domain, as: domainType.name, at: "domain")
        var hasher = try TypedDataHasher(types)
        structHash = try hasher.hash(message, as: primaryType, at: "message")
        self.types = types
        self.primaryType = primaryType
        self.domain = domain
        self.message = message
    }

    /// What is signed: Keccak-256 of 0x1901, the domain separator and the struct's hash.
    public var digest: [UInt8] {
        Keccak256.hash([0x19, 0x01], domainSeparator, structHash)
    }

    /// The type text that a struct's type hash is made of: its own declaration, then those it refers to by name.
    public func typeText(of name: String) throws(TypedDataError) -> String {
        try TypedDataHasher(types).typeText(of: name, at: name)
    }

    /// Only members that are present are part of the domain's type, always in this order.
    static func domainType(of domain: JSON) throws(TypedDataError) -> Structure {
        let all = [
            Field("name", "string"), Field("version", "string"), Field("chainId", "uint256"),
            Field("verifyingContract", "address"), Field("salt", "bytes32"),
        ]
        let present = all.filter { domain[$0.name] != nil }
        guard !present.isEmpty else { throw TypedDataError(reason: .badDomain, path: "domain") }
        return Structure("EIP712Domain", present)
    }
}
