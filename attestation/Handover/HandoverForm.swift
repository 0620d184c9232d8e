import Primitives

/// Reads an object of a hand-over: every member is there, `null` where it says nothing, and there is none besides. So
/// a message has one canonical form, and both ends hash the same bytes although neither keeps the other's.
struct HandoverForm {
    private let json: JSON

    /// Nil unless the object has exactly these members.
    init?(_ json: JSON?, _ names: Set<String>) {
        guard let json, let members = json.members, Set(members.map(\.name)) == names else { return nil }
        self.json = json
    }

    /// A text.
    func text(_ name: String) -> String? { json[name]?.string }

    /// An object, or whatever else stands there.
    func value(_ name: String) -> JSON? { json[name] }

    /// Exactly `count` bytes in lower-case hex.
    func hex(_ name: String, _ count: Int) -> [UInt8]? {
        text(name).flatMap { WireHex.decode($0, count: count) }
    }

    /// Bytes in base64, at most `limit`.
    func base64(_ name: String, upTo limit: Int) -> [UInt8]? {
        guard let bytes = text(name).flatMap({ Base64.decode($0) }), bytes.count <= limit else { return nil }
        return bytes
    }

    /// What `read` finds, or nothing where the member is null; the outer nil for a member that is neither.
    func optional<R>(_ name: String, _ read: (String) -> R?) -> R?? {
        guard let value = json[name] else { return nil }
        if value.isNull { return .some(nil) }
        return read(name).map { .some($0) }
    }
}
