import Identity

/// What must hold for all bytes that stand in a field. The fuzz target and the test that replays its corpus check the
/// same.
enum StructuredFieldInvariants {
    /// What does not hold; nil if all does.
    static func violation(_ bytes: [UInt8]) -> String? {
        let text = String(decoding: bytes, as: UTF8.self)
        guard let dictionary = try? StructuredDictionary(parsing: text) else { return nil }
        guard text.utf8.count <= StructuredDictionary.maximumBytes else { return "it was read beyond its bound" }
        let written = dictionary.text
        // Optional blanks aside, nothing grows: only `, ` between members is longer than it may have been.
        guard written.utf8.count <= text.utf8.count + dictionary.members.count else { return "it grew" }
        if written.utf8.count <= StructuredDictionary.maximumBytes {
            guard let again = try? StructuredDictionary(parsing: written) else { return "what is written is not read" }
            guard again == dictionary, again.text == written else { return "what is written is read otherwise" }
        }
        return bounds(of: dictionary)
    }

    private static func bounds(of dictionary: StructuredDictionary) -> String? {
        guard dictionary.members.count <= StructuredDictionary.maximumMembers else { return "too many members" }
        guard Set(dictionary.members.map(\.name)).count == dictionary.members.count else { return "a name twice" }
        for member in dictionary.members {
            let parameters: [StructuredParameters]
            switch member.value {
            case .item(let item): parameters = [item.parameters]
            case .list(let items, let own):
                guard items.count <= StructuredDictionary.maximumElements else { return "too many elements" }
                parameters = [own] + items.map(\.parameters)
            }
            for each in parameters {
                guard each.all.count <= StructuredDictionary.maximumParameters else { return "too many parameters" }
                guard Set(each.all.map(\.name)).count == each.all.count else { return "a parameter twice" }
            }
        }
        return nil
    }
}
