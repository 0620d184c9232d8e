import HTTPTypes
import Primitives
import Testing

/// What a gateway answered.
struct Answer: Sendable {
    let status: Int
    let fields: HTTPFields
    let body: [UInt8]

    var text: String { String(decoding: body, as: UTF8.self) }

    /// The body as JSON; null if it is none.
    var json: JSON { (try? JSON(parsing: body)) ?? .null }

    /// The code of a refusal.
    var code: String? { json["error"]?.string }

    subscript(_ name: String) -> JSON { json[name] ?? .null }

    /// A text member that must be there.
    func string(_ name: String, sourceLocation: SourceLocation = #_sourceLocation) throws -> String {
        try #require(json[name]?.string, "\(name) in \(text)", sourceLocation: sourceLocation)
    }

    /// Expects a refusal of this kind.
    func expect(_ status: Int, _ code: String, sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(self.status == status, "\(text)", sourceLocation: sourceLocation)
        #expect(self.code == code, sourceLocation: sourceLocation)
    }

    /// Expects success and returns this answer.
    @discardableResult
    func good(_ status: Int = 200, sourceLocation: SourceLocation = #_sourceLocation) -> Answer {
        #expect(self.status == status, "\(text.prefix(500))", sourceLocation: sourceLocation)
        return self
    }
}
