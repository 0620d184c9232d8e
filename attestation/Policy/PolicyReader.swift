import Primitives

/// Takes the members of an object one by one, and knows at the end which nobody asked for.
struct PolicyReader {
    private let members: [JSON.Member]
    private let path: String
    private var taken: Set<String> = []

    init(_ json: JSON, path: String) throws(EvidencePolicyFault) {
        guard let members = json.members else { throw EvidencePolicyFault(path: path, detail: "must be an object") }
        self.members = members
        self.path = path
    }

    /// A member, if it is there.
    mutating func member<R>(
        _ name: String, _ read: (PolicyValue) throws(EvidencePolicyFault) -> R
    ) throws(EvidencePolicyFault) -> R? {
        taken.insert(name)
        guard let found = members.first(where: { $0.name == name }) else { return nil }
        return try read(PolicyValue(json: found.value, path: path.isEmpty ? name : "\(path).\(name)"))
    }

    /// A truth value, if it is there.
    mutating func take(_ name: String, into value: inout Bool) throws(EvidencePolicyFault) {
        let found = try member(name) { (member) throws(EvidencePolicyFault) in try member.truth() }
        if let found { value = found }
    }

    /// A list, if it is there.
    mutating func list<R>(
        _ name: String, _ read: (PolicyValue) throws(EvidencePolicyFault) -> R
    ) throws(EvidencePolicyFault) -> [R]? {
        try member(name) { (member) throws(EvidencePolicyFault) in try member.list(read) }
    }

    /// A whole number, if it is there.
    mutating func number(_ name: String, _ range: ClosedRange<Int64>) throws(EvidencePolicyFault) -> Int64? {
        try member(name) { (member) throws(EvidencePolicyFault) in try member.number(range) }
    }

    /// A list of whole numbers, if it is there.
    mutating func numbers(_ name: String, _ range: ClosedRange<Int64>) throws(EvidencePolicyFault) -> [Int64]? {
        try list(name) { (value) throws(EvidencePolicyFault) in try value.number(range) }
    }

    /// A list of texts, if it is there.
    mutating func texts(_ name: String) throws(EvidencePolicyFault) -> [String]? {
        try list(name) { (value) throws(EvidencePolicyFault) in try value.text() }
    }

    /// One of a few words, if it is there.
    mutating func choice<R: RawRepresentable & CaseIterable>(
        _ name: String, _ type: R.Type
    ) throws(EvidencePolicyFault) -> R? where R.RawValue == String {
        try member(name) { (member) throws(EvidencePolicyFault) in try member.choice(type) }
    }

    /// A list of a few words, if it is there.
    mutating func choices<R: RawRepresentable & CaseIterable>(
        _ name: String, _ type: R.Type
    ) throws(EvidencePolicyFault) -> [R]? where R.RawValue == String {
        try list(name) { (value) throws(EvidencePolicyFault) in try value.choice(type) }
    }

    /// A list of byte strings in hex, if it is there.
    mutating func digests(_ name: String, byteCounts: Set<Int>) throws(EvidencePolicyFault) -> Set<[UInt8]>? {
        let found = try list(name) { (value) throws(EvidencePolicyFault) in try value.bytes(byteCounts) }
        return found.map { Set($0) }
    }

    /// The one member that has no default: a list, or "any".
    mutating func measurements() throws(EvidencePolicyFault) -> Set<[UInt8]>? {
        let isAny = members.contains { $0.name == "measurements" && $0.value.string == "any" }
        if isAny {
            taken.insert("measurements")
            return nil
        }
        guard let digests = try digests("measurements", byteCounts: [48]) else {
            throw EvidencePolicyFault(path: "measurements", detail: "is missing: a list of hex, or \"any\"")
        }
        return digests
    }

    /// Fails on a member that nobody took.
    func end() throws(EvidencePolicyFault) {
        guard let unknown = members.first(where: { !taken.contains($0.name) }) else { return }
        let place = path.isEmpty ? unknown.name : "\(path).\(unknown.name)"
        throw EvidencePolicyFault(path: place, detail: "is not known here")
    }
}

/// One value of a policy, with the path that leads to it.
struct PolicyValue {
    /// More would be a mistake: every check walks them.
    private static let longestList = 4096

    let json: JSON
    let path: String

    func truth() throws(EvidencePolicyFault) -> Bool {
        guard let value = json.bool else { throw fault("must be true or false") }
        return value
    }

    func text() throws(EvidencePolicyFault) -> String {
        guard let value = json.string, !value.isEmpty else { throw fault("must be a text") }
        return value
    }

    func number(_ range: ClosedRange<Int64>) throws(EvidencePolicyFault) -> Int64 {
        guard let value = json.integer, range.contains(value) else {
            throw fault("must be a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    func choice<R: RawRepresentable & CaseIterable>(_ type: R.Type) throws(EvidencePolicyFault) -> R
    where R.RawValue == String {
        guard let value = json.string.flatMap(R.init(rawValue:)) else {
            throw fault("must be one of \(R.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return value
    }

    func bytes(_ counts: Set<Int>) throws(EvidencePolicyFault) -> [UInt8] {
        guard let value = json.string.flatMap({ Hex.decode($0) }), counts.contains(value.count) else {
            let sizes = counts.sorted().map(String.init).joined(separator: " or ")
            throw fault("must be \(sizes) bytes in hex")
        }
        return value
    }

    func list<R>(_ read: (PolicyValue) throws(EvidencePolicyFault) -> R) throws(EvidencePolicyFault) -> [R] {
        guard let values = json.array, values.count <= PolicyValue.longestList else {
            throw fault("must be a list of at most \(PolicyValue.longestList)")
        }
        var list: [R] = []
        for (index, value) in values.enumerated() {
            list.append(try read(PolicyValue(json: value, path: "\(path)[\(index)]")))
        }
        return list
    }

    private func fault(_ detail: String) -> EvidencePolicyFault {
        EvidencePolicyFault(path: path, detail: detail)
    }
}
