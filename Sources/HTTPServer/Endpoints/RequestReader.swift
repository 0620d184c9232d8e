import HTTPTypes
import Primitives

/// Checks what a request brings against what its endpoint declares. Everything that fails here is a 4xx and has touched
/// nothing.
struct RequestReader {
    let endpoint: Endpoint
    let request: Request

    struct Body: Sendable {
        var value: JSON = .null
        var withheld: [String: Range<Int>] = [:]
    }

    func parameters() throws(APIError) -> [String: String] {
        guard !endpoint.parameters.isEmpty else { return [:] }
        guard let query = PercentEncoding.pairs(ofQuery: request.query ?? "") else {
            throw APIError(.invalidRequest, message: "The query holds a broken escape.", reason: "query_escape")
        }
        var values: [String: String] = [:]
        for parameter in endpoint.parameters {
            let found =
                switch parameter.place {
                case .query: query.filter { $0.name.hasSameBytes(as: parameter.name) }.map(\.value)
                case .header: request.fields.values(of: parameter.name)
                }
            guard found.count <= 1 else { throw bad(parameter, "must stand once") }
            guard let value = found.first else {
                if parameter.isRequired { throw bad(parameter, "is missing") }
                continue
            }
            if let problem = Schema.problem(in: value, length: parameter.length, format: parameter.format) {
                throw bad(parameter, problem)
            }
            values[parameter.name] = value
        }
        return values
    }

    private func bad(_ parameter: Endpoint.Parameter, _ problem: String) -> APIError {
        APIError(
            .invalidRequest, message: "\(parameter.place.rawValue) \(parameter.name) \(problem).", reason: "parameter")
    }

    /// Reads and checks the body; bodies too large for the event loop are read elsewhere.
    func body() async throws(APIError) -> Body {
        guard let schema = endpoint.input else { return Body() }
        try checkMediaType()
        guard request.body.count > Endpoint.inlineBodyBytes else { return try parse(schema) }
        let result = await withTaskExecutorPreference(globalConcurrentExecutor) {
            Result { () throws(APIError) in try parse(schema) }
        }
        return try result.get()
    }

    private func checkMediaType() throws(APIError) {
        let types = request.fields.values(of: "Content-Type")
        guard types.count == 1, let type = types.first else {
            throw APIError(.unsupportedMediaType, reason: "content_type")
        }
        if type == "application/json" { return }
        let parts = type.lowercased().split(separator: ";", maxSplits: 1, omittingEmptySubsequences: false)
        let essence = parts.first.map { RequestReader.trim($0) } ?? ""
        guard essence == "application/json" else { throw APIError(.unsupportedMediaType, reason: "content_type") }
        guard parts.count > 1 else { return }
        let parameter = RequestReader.trim(parts[1]).replacing("\"", with: "")
        guard parameter == "charset=utf-8" || parameter.isEmpty else {
            throw APIError(.unsupportedMediaType, reason: "charset")
        }
    }

    private static func trim(_ text: Substring) -> String {
        String(text.drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
    }

    private func parse(_ schema: Schema) throws(APIError) -> Body {
        let body: Body
        do {
            body = try request.body.withBytes { bytes in
                let (value, withheld) = try JSON.parse(
                    bytes, withholding: schema.secretNames, maps: schema.secretMaps)
                return Body(value: value, withheld: withheld)
            }
        } catch {
            let reason = (error as? JSONError)?.reason.rawValue ?? "json"
            let offset = (error as? JSONError)?.offset ?? 0
            throw APIError(
                .invalidRequest, message: "The body is not JSON: \(reason) at byte \(offset).", reason: "json")
        }
        let problems = schema.problems(in: body.value, withheld: body.withheld)
        guard problems.isEmpty else {
            throw APIError(.invalidRequest, message: problems.joined(separator: "; ") + ".", reason: "schema")
        }
        return body
    }
}
