public import Primitives

extension EvidencePolicy {
    /// Reads the file that an operator writes. `measurements` must be there: a list of hex, or the word "any". Every
    /// other member may be left out; one that is not known is refused, so that a misspelt rule cannot go missing.
    ///
    ///     { "measurements": ["9f0c..."], "products": ["genoa", "turin"],
    ///       "minimumTCB": [{ "product": "genoa", "model": 17, "snp": 23, "microcode": 72 }],
    ///       "maximumAgeSeconds": 3600, "requiresNonce": true, "revocation": "required" }
    public init(json: JSON) throws(EvidencePolicyFault) {
        var reader = try PolicyReader(json, path: "")
        self.init(measurements: try reader.measurements())
        try reader.take("allowsDebug", into: &allowsDebug)
        try reader.take("allowsMigration", into: &allowsMigration)
        try reader.take("allowsSMT", into: &allowsSMT)
        try reader.take("requiresSingleSocket", into: &requiresSingleSocket)
        try reader.take("requiresAliasCheck", into: &requiresAliasCheck)
        try reader.take("requiresNonce", into: &requiresNonce)
        if let levels = try reader.numbers("vmpls", 0...3) { vmpls = Set(levels.map(UInt32.init)) }
        if let floors = try reader.list("minimumTCB", TCBFloor.init(reading:)) { minimumTCB = floors }
        if let names = try reader.choices("products", Product.self) { products = Set(names) }
        chips = try reader.digests("chips", byteCounts: [64, 8])
        idKeyDigests = try reader.digests("idKeyDigests", byteCounts: [48])
        authorKeyDigests = try reader.digests("authorKeyDigests", byteCounts: [48])
        hostData = try reader.digests("hostData", byteCounts: [32])
        if let names = try reader.texts("clouds") { clouds = Set(names) }
        maximumAgeSeconds = try reader.number("maximumAgeSeconds", 1...31_536_000)
        if let mode = try reader.choice("revocation", RevocationMode.self) { revocation = mode }
        try reader.end()
    }
}

extension TCBFloor {
    init(reading value: PolicyValue) throws(EvidencePolicyFault) {
        var reader = try PolicyReader(value.json, path: value.path)
        guard let product = try reader.choice("product", Product.self) else {
            throw EvidencePolicyFault(path: value.path, detail: "needs a product")
        }
        let model = try reader.number("model", 0...255)
        var minimum: [TCBVersion.Component: UInt8] = [:]
        for component in product.tcbLayout.components {
            let least = try reader.number(component.rawValue, 0...255)
            minimum[component] = least.map(UInt8.init)
        }
        try reader.end()
        guard !minimum.isEmpty else { throw EvidencePolicyFault(path: value.path, detail: "names no component") }
        self.init(product: product, model: model.map(UInt8.init), minimum: minimum)
    }
}
