import Primitives

extension JSON {
    /// The value over many lines, so that a change of one member is a change of one line. Lists without members in them
    /// stay on theirs.
    var indented: String {
        var text = ""
        write(into: &text, indent: "")
        return text + "\n"
    }

    private func write(into text: inout String, indent: String) {
        let inner = indent + "  "
        switch self {
        case .object(let members) where !members.isEmpty:
            text += "{"
            for (index, member) in members.enumerated() {
                text += (index > 0 ? "," : "") + "\n" + inner + JSON.string(member.name).text + ": "
                member.value.write(into: &text, indent: inner)
            }
            text += "\n" + indent + "}"
        case .array(let values) where values.contains { $0.members != nil }:
            text += "["
            for (index, value) in values.enumerated() {
                text += (index > 0 ? "," : "") + "\n" + inner
                value.write(into: &text, indent: inner)
            }
            text += "\n" + indent + "]"
        default: text += self.text
        }
    }
}
