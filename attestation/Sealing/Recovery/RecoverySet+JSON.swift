public import Primitives

extension RecoverySet {
    /// The set as a public document.
    public var json: JSON {
        [
            "version": 1, "gateway": .string(gateway), "id": .string(Hex.encode(id)),
            "threshold": .integer(Int64(threshold)), "count": .integer(Int64(count)),
            "rootCommitment": .string(Hex.encode(rootCommitment)),
            "shareCommitments": .array(shareCommitments.map { .string(Hex.encode($0)) }),
        ]
    }

    /// Reads such a document. The id is worked out from the rest and compared, as is the number of shares.
    public init(json: JSON) throws(RecoveryFault) {
        guard json["version"] == 1, let gateway = json["gateway"]?.string,
            let threshold = json["threshold"]?.integer.flatMap({ Int(exactly: $0) }),
            let root = json["rootCommitment"]?.string.flatMap({ Hex.decode($0) }),
            let list = json["shareCommitments"]?.array, list.count <= RecoverySet.maximumShares
        else { throw .malformed }
        var commitments: [[UInt8]] = []
        for each in list {
            guard let bytes = each.string.flatMap({ Hex.decode($0) }) else { throw .malformed }
            commitments.append(bytes)
        }
        try self.init(gateway: gateway, threshold: threshold, shareCommitments: commitments, rootCommitment: root)
        guard json["id"]?.string == Hex.encode(id), json["count"]?.integer == Int64(count) else { throw .malformed }
    }
}
