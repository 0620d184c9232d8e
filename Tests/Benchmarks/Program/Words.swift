/// A command line: a measurement's name and its `--name value` options.
struct Words {
    let command: String
    private var options: [String: String] = [:]

    /// Nil if the words make no sense.
    init?(_ arguments: [String]) {
        guard let command = arguments.first else { return nil }
        self.command = command
        var rest = arguments.dropFirst()
        while let name = rest.popFirst() {
            guard name.hasPrefix("--"), let value = rest.popFirst() else { return nil }
            options[String(name.dropFirst(2))] = value
        }
    }

    subscript(_ name: String) -> String? { options[name] }

    func number(_ name: String, otherwise: Int) -> Int {
        options[name].flatMap { Int($0) } ?? otherwise
    }
}
