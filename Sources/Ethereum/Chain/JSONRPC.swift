import Primitives

/// JSON-RPC 2.0 as nodes speak it: one call a message.
enum JSONRPC {
    /// Why there is no result.
    enum Fault: Error, Hashable, Sendable {
        /// The node answered with an error of this code.
        case refused(code: Int64)
        /// The answer is no answer to the call.
        case malformed
    }

    /// The id of every call: each has an exchange of its own.
    private static let id: JSON = 1

    /// The body of a call.
    static func request(_ method: String, _ parameters: [JSON]) -> [UInt8] {
        let call: JSON = [
            "jsonrpc": "2.0", "id": id, "method": .string(method), "params": .array(parameters),
        ]
        return call.bytes
    }

    /// The result in an answer's body.
    static func result(_ body: [UInt8]) throws(Fault) -> JSON {
        guard let answer = try? JSON(parsing: body), answer["jsonrpc"]?.string == "2.0", answer["id"] == id else {
            throw .malformed
        }
        // Some nodes send `"error": null` beside a result.
        if let error = answer["error"], !error.isNull { throw .refused(code: error["code"]?.integer ?? 0) }
        guard let result = answer["result"] else { throw .malformed }
        return result
    }

    /// Bytes as nodes write them, `0x` and an even number of digits.
    static func bytes(_ value: JSON) -> [UInt8]? {
        guard let text = value.string, text.utf8.starts(with: "0x".utf8) else { return nil }
        let digits = text.dropFirst(2)
        return digits.utf8.starts(with: "0x".utf8) ? nil : Hex.decode(digits)
    }

    /// A number as nodes write it: `0x` and its digits without leading zeros.
    static func quantity(_ value: JSON) -> UInt64? {
        guard let text = value.string, text.utf8.starts(with: "0x".utf8), (3...18).contains(text.utf8.count),
            text.utf8.dropFirst(2).allSatisfy({ Hex.value(ofDigit: $0) != nil })
        else { return nil }
        return UInt64(text.dropFirst(2), radix: 16)
    }
}
