public import Primitives

extension TypedData {
    /// Reads the document that `eth_signTypedData_v4` takes: `types`, `primaryType`, `domain`, `message`, no more.
    /// The domain's own type may be declared or left out; if declared it must be what the domain's members give.
    public init(json: JSON) throws(TypedDataError) {
        guard let members = json.members, members.count == 4, let declarations = json["types"]?.members,
            let primaryType = json["primaryType"]?.string, let domain = json["domain"], let message = json["message"]
        else { throw TypedDataError(reason: .malformed, path: "") }
        var types: [Structure] = []
        for declaration in declarations {
            let structure = try Structure(declaration)
            if structure.name != "EIP712Domain" {
                types.append(structure)
            } else if try structure != TypedData.domainType(of: domain) {
                throw TypedDataError(reason: .badDomain, path: "types.EIP712Domain")
            }
        }
        try self.init(types: types, primaryType: primaryType, domain: domain, message: message)
    }

    /// The document as a wallet takes it, the domain's type declared.
    public var json: JSON {
        let domainType = try? TypedData.domainType(of: domain)
        let all = (domainType.map { [$0] } ?? []) + types
        return [
            "types": .object(all.map { JSON.Member($0.name, $0.json) }), "primaryType": .string(primaryType),
            "domain": domain, "message": message,
        ]
    }
}

extension TypedData.Structure {
    fileprivate init(_ declaration: JSON.Member) throws(TypedDataError) {
        let malformed = TypedDataError(reason: .malformed, path: "types.\(declaration.name)")
        guard let list = declaration.value.array else { throw malformed }
        var fields: [TypedData.Field] = []
        for field in list {
            guard field.members?.count == 2, let name = field["name"]?.string, let type = field["type"]?.string else {
                throw malformed
            }
            fields.append(TypedData.Field(name, type))
        }
        self.init(declaration.name, fields)
    }

    fileprivate var json: JSON {
        .array(fields.map { ["name": .string($0.name), "type": .string($0.type)] })
    }
}
