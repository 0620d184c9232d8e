public import Primitives

extension ReleaseList {
    /// The longest note, in bytes.
    private static let maximumNoteBytes = 200

    /// As it is signed.
    public var json: JSON {
        [
            "type": .string(ReleaseList.type), "issue": .integer(issue), "expiresAt": .string(expiresAt.iso8601),
            "releases": .array(
                releases.map { release in
                    [
                        "measurement": .string(Hex.encode(release.measurement)), "note": .string(release.note),
                        "minimumTCB": .array(release.minimumTCB.map(\.json)),
                    ]
                }),
        ]
    }

    init(json: JSON) throws(EvidencePolicyFault) {
        var reader = try PolicyReader(json, path: "")
        let type = try ReleaseList.needed("type", reader.member("type", ReleaseList.text))
        guard type == ReleaseList.type else {
            throw EvidencePolicyFault(path: "type", detail: "must be \(ReleaseList.type)")
        }
        let issue = try ReleaseList.needed("issue", reader.number("issue", 1...Int64.max))
        let expiry = try ReleaseList.needed("expiresAt", reader.member("expiresAt", ReleaseList.text))
        guard let expiresAt = Timestamp(iso8601: expiry) else {
            throw EvidencePolicyFault(path: "expiresAt", detail: "must be a time, 2027-01-31T00:00:00Z")
        }
        let releases = try ReleaseList.needed("releases", reader.list("releases", Release.init(reading:)))
        try reader.end()
        guard (1...ReleaseList.maximumReleases).contains(releases.count) else {
            throw EvidencePolicyFault(
                path: "releases", detail: "must be 1 to \(ReleaseList.maximumReleases) releases")
        }
        guard Set(releases.map(\.measurement)).count == releases.count else {
            throw EvidencePolicyFault(path: "releases", detail: "names a measurement twice")
        }
        self.init(issue: issue, expiresAt: expiresAt, releases: releases)
    }

    fileprivate static func text(_ value: PolicyValue) throws(EvidencePolicyFault) -> String {
        let text = try value.text()
        guard text.utf8.count <= maximumNoteBytes else {
            throw EvidencePolicyFault(path: value.path, detail: "is longer than \(maximumNoteBytes) bytes")
        }
        return text
    }

    fileprivate static func needed<R>(_ name: String, _ value: R?) throws(EvidencePolicyFault) -> R {
        guard let value else { throw EvidencePolicyFault(path: name, detail: "is missing") }
        return value
    }
}

extension ReleaseList.Release {
    fileprivate init(reading value: PolicyValue) throws(EvidencePolicyFault) {
        var reader = try PolicyReader(value.json, path: value.path)
        let measurement = try ReleaseList.needed(
            "\(value.path).measurement",
            reader.member("measurement") { (value) throws(EvidencePolicyFault) in try value.bytes([48]) })
        let note = try ReleaseList.needed("\(value.path).note", reader.member("note", ReleaseList.text))
        let floors = try reader.list("minimumTCB", TCBFloor.init(reading:)) ?? []
        try reader.end()
        self.init(measurement: measurement, note: note, minimumTCB: floors)
    }
}

extension TCBFloor {
    /// As `init(reading:)` reads it.
    fileprivate var json: JSON {
        var members = [JSON.Member("product", .string(product.rawValue))]
        if let model { members.append(.init("model", .integer(Int64(model)))) }
        for component in product.tcbLayout.components {
            if let least = minimum[component] { members.append(.init(component.rawValue, .integer(Int64(least)))) }
        }
        return .object(members)
    }
}
