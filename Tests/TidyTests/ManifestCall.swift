/// A call in the manifest, such as `module("Vault", at: "vault", needs: ["Primitives"])`, as its words.
struct ManifestCall {
    let function: String
    /// The label of each argument (empty without one) and the strings in its value.
    private let arguments: [(label: String, strings: [String])]

    func strings(of label: String) -> [String] {
        arguments.filter { $0.label == label }.flatMap(\.strings)
    }

    /// Every call in the text of a manifest; declarations of functions are left out.
    static func all(in text: String) -> [ManifestCall] {
        let words = lines(matching: #""[^"\n]*"|[A-Za-z_]\w*|\S"#, in: SwiftMask.withoutComments(text)).map(\.match)
        return words.indices.dropLast().compactMap { index in
            let isCall = words[index + 1] == "(" && (words[index].first?.isLetter ?? false)
            guard isCall, index == 0 || words[index - 1] != "func" else { return nil }
            return ManifestCall(function: words[index], words: words[(index + 2)...])
        }
    }

    private init(function: String, words: ArraySlice<String>) {
        var depth = 0
        var parts: [[String]] = [[]]
        for word in words {
            if word == ")" && depth == 0 { break }
            depth += ["(", "[", "{"].contains(word) ? 1 : [")", "]", "}"].contains(word) ? -1 : 0
            if word == "," && depth == 0 { parts.append([]) } else { parts[parts.count - 1].append(word) }
        }
        self.function = function
        self.arguments = parts.map { part in
            let isLabelled = part.count > 1 && part[1] == ":"
            // A name made by interpolation belongs to the body of a helper, not to a target.
            let strings = part.filter { $0.hasPrefix("\"") && !$0.contains("\\(") }
                .map { String($0.dropFirst().dropLast()) }
            return (label: isLabelled ? part[0] : "", strings: strings)
        }
    }
}
