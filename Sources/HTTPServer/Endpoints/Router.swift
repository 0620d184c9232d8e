import HTTPTypes

/// Finds the endpoint for a method and path. Built once; a look-up walks one tree node a segment.
///
/// Literal segments win over holes. Paths match exactly: no trailing slash, no empty segment, no `.` or `..` is ever
/// resolved, and an escape is decoded only inside a hole, so that two spellings never reach one route by surprise.
struct Router: Sendable {
    enum Match {
        case found(index: Int, values: [String])
        case wrongMethod(allowed: [HTTPMethod])
        case notFound
        /// A hole's escape does not decode.
        case badPath
    }

    private struct Node: Sendable {
        var literals: [String: Int] = [:]
        var hole: Int?
        var endpoints: [HTTPMethod: Int] = [:]
    }

    private var nodes: [Node] = [Node()]
    /// The nodes of whole paths without a hole: most requests need no walk.
    private var wholePaths: [String: Int] = [:]

    init(_ endpoints: [Endpoint]) {
        for (index, endpoint) in endpoints.enumerated() {
            var node = 0
            for segment in endpoint.path.segments { node = child(of: node, segment) }
            precondition(
                nodes[node].endpoints.updateValue(index, forKey: endpoint.method) == nil,
                "two endpoints share a method and path")
            if endpoint.path.names.isEmpty { wholePaths[endpoint.path.text] = node }
        }
    }

    private mutating func child(of node: Int, _ segment: PathTemplate.Segment) -> Int {
        switch segment {
        case .literal(let text):
            if let known = nodes[node].literals[text] { return known }
            nodes.append(Node())
            nodes[node].literals[text] = nodes.count - 1
        case .value:
            if let known = nodes[node].hole { return known }
            nodes.append(Node())
            nodes[node].hole = nodes.count - 1
        }
        return nodes.count - 1
    }

    /// HEAD finds GET's endpoint: the transport leaves the body out.
    func match(_ method: HTTPMethod, _ path: String) -> Match {
        var values: [Substring] = []
        guard let node = wholePaths[path] ?? find(path, values: &values) else { return .notFound }
        guard let index = nodes[node].endpoints[method == .head ? .get : method] else {
            return .wrongMethod(allowed: nodes[node].endpoints.keys.sorted { $0.rawValue < $1.rawValue })
        }
        var decoded: [String] = []
        for value in values {
            guard let text = PercentEncoding.decode(segment: value) else { return .badPath }
            decoded.append(text)
        }
        return .found(index: index, values: decoded)
    }

    private func find(_ path: String, values: inout [Substring]) -> Int? {
        let segments = path.split(separator: "/", omittingEmptySubsequences: false)
        guard segments.first == "" else { return nil }
        return find(segments.dropFirst(), from: 0, values: &values)
    }

    /// Depth-first with literals before holes; a path has few segments and the tree few holes.
    private func find(_ segments: ArraySlice<Substring>, from node: Int, values: inout [Substring]) -> Int? {
        guard let segment = segments.first else { return nodes[node].endpoints.isEmpty ? nil : node }
        let rest = segments.dropFirst()
        if let literal = nodes[node].literals[String(segment)],
            let found = find(rest, from: literal, values: &values)
        {
            return found
        }
        guard let hole = nodes[node].hole, !segment.isEmpty else { return nil }
        values.append(segment)
        if let found = find(rest, from: hole, values: &values) { return found }
        values.removeLast()
        return nil
    }
}
