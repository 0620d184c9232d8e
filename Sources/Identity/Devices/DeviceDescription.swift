import Primitives

/// What a device says of itself: shown to the owner, believed by nobody.
public struct DeviceDescription: Hashable, Sendable {
    /// The longest text of each kind, in Unicode scalars.
    public static let maximumLength = 64

    /// The program, `cli`.
    public let client: String
    /// What it runs on, `linux`.
    public let platform: String
    /// What its owner will know it by.
    public let label: String?

    /// A description; nil if a text is empty, too long, or has control characters.
    public init?(client: String, platform: String, label: String?) {
        guard DeviceDescription.isText(client), DeviceDescription.isText(platform),
            label.map(DeviceDescription.isText) ?? true
        else { return nil }
        self.client = client
        self.platform = platform
        self.label = label
    }

    private static func isText(_ text: String) -> Bool {
        (1...maximumLength).contains(text.unicodeScalars.count)
            && text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
    }

    var json: JSON {
        ["client": .string(client), "platform": .string(platform), "label": label.map { .string($0) } ?? .null]
    }

    init?(json: JSON?) {
        guard let client = json?["client"]?.string, let platform = json?["platform"]?.string else { return nil }
        self.init(client: client, platform: platform, label: json?["label"]?.string)
    }
}
