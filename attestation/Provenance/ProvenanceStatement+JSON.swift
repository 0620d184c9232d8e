public import Cryptography
public import Primitives

extension ProvenanceStatement {
    /// The statement as JSON.
    public var json: JSON {
        let address = "\(source)@\(commit)"
        let digest: JSON = ["gitCommit": .string(commit)]
        let definition: JSON = [
            "buildType": .string(Self.buildType),
            "externalParameters": [
                "configuration": "release",
                "source": ["digest": digest, "dirty": .bool(isDirty), "uri": .string(address)],
            ],
            "internalParameters": [
                "invocation": .array(invocation.map(JSON.string)), "sourceDateEpoch": .integer(committedAt.unixSeconds),
                "toolchain": .string(toolchain),
            ],
            "resolvedDependencies": .array(
                [["digest": digest, "uri": .string(address)]] + packages.map(Self.descriptor)),
        ]
        return [
            "_type": .string(Self.statementType),
            "predicate": [
                "buildDefinition": definition,
                "runDetails": ["builder": ["id": .string(builder)]],
            ],
            "predicateType": .string(Self.predicateType),
            "subject": .array(
                subjects.map { ["digest": ["sha256": .string($0.sha256)], "name": .string($0.name)] }),
        ]
    }

    /// The one text of the statement: RFC 8785, sorted and without spaces.
    public var bytes: [UInt8] { json.canonicalBytes }

    /// Reads a statement. Whatever `bytes` would not have written for its parts is refused.
    public init(parsing bytes: [UInt8]) throws(ProvenanceFault) {
        guard let json = try? JSON(parsing: bytes), json.members != nil else { throw .notJSON }
        guard json["_type"]?.string == Self.statementType else { throw .member("_type") }
        guard json["predicateType"]?.string == Self.predicateType else { throw .member("predicateType") }
        let definition = json["predicate"]?["buildDefinition"]
        guard definition?["buildType"]?.string == Self.buildType else { throw .member("buildType") }
        let source = definition?["externalParameters"]?["source"]
        let inner = definition?["internalParameters"]
        guard let commit = source?["digest"]?["gitCommit"]?.string else { throw .member("gitCommit") }
        guard let address = source?["uri"]?.string, address.hasSuffix("@" + commit) else { throw .member("source") }
        guard let dirty = source?["dirty"]?.bool else { throw .member("dirty") }
        guard let seconds = inner?["sourceDateEpoch"]?.integer else { throw .member("sourceDateEpoch") }
        guard let builder = json["predicate"]?["runDetails"]?["builder"]?["id"]?.string else {
            throw .member("builder")
        }
        guard let toolchain = inner?["toolchain"]?.string else { throw .member("toolchain") }
        try self.init(
            subjects: Self.list(json["subject"], "subject") { each in
                guard let name = each["name"]?.string, let digest = each["digest"]?["sha256"]?.string else {
                    return nil
                }
                return Subject(name: name, sha256: digest)
            },
            source: String(address.dropLast(commit.count + 1)), commit: commit,
            committedAt: Timestamp(unixSeconds: seconds), isDirty: dirty, builder: builder, toolchain: toolchain,
            packages: Self.list(
                definition?["resolvedDependencies"].flatMap(Self.withoutSource), "resolvedDependencies"
            ) { each in
                guard let name = each["name"]?.string, let version = each["annotations"]?["version"]?.string else {
                    return nil
                }
                return Package(name: name, version: version)
            },
            invocation: Self.list(inner?["invocation"], "invocation") { $0.string })
        guard self.bytes == bytes else { throw .notCanonical }
    }

    /// The statement in an envelope. Throws `otherType` for another document, and what reading it throws. No signature
    /// is looked at.
    public init(in envelope: DSSEEnvelope) throws(ProvenanceFault) {
        guard envelope.payloadType == DSSEEnvelope.inTotoType else { throw .otherType(envelope.payloadType) }
        try self.init(parsing: envelope.payload)
    }

    /// The statement in an envelope, signed by `keys`; by none for an unsigned build.
    public func envelope(signedBy keys: [Ed25519PrivateKey]) -> DSSEEnvelope {
        DSSEEnvelope(payloadType: DSSEEnvelope.inTotoType, payload: bytes, signedBy: keys)
    }

    /// A package as a resource descriptor with its package URL (package-url/purl-spec, type `deb`).
    private static func descriptor(_ package: Package) -> JSON {
        let version = package.version.utf8.map { byte -> String in
            let isPlain = isAlphanumeric(byte) || [0x2D, 0x2E, 0x5F, 0x7E].contains(byte)
            return isPlain ? String(UnicodeScalar(byte)) : "%" + Hex.encode([byte]).uppercased()
        }
        return [
            "annotations": ["version": .string(package.version)], "name": .string(package.name),
            "uri": .string("pkg:deb/debian/\(package.name)@\(version.joined())"),
        ]
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }

    /// The dependencies after the first, which is the source.
    private static func withoutSource(_ list: JSON) -> JSON? {
        list.array.map { .array(Array($0.dropFirst())) }
    }

    private static func list<Element>(
        _ json: JSON?, _ name: String, _ read: (JSON) -> Element?
    ) throws(ProvenanceFault) -> [Element] {
        guard let values = json?.array, values.count <= maximumEntries else { throw .member(name) }
        var elements: [Element] = []
        for value in values {
            guard let element = read(value) else { throw .member(name) }
            elements.append(element)
        }
        return elements
    }
}
