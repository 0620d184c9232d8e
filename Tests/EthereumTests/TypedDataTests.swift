import Cryptography
import Ethereum
import Primitives
import Testing

@Suite("Typed data (EIP-712)")
struct TypedDataTests {
    @Test("Domain, struct hash, digest, signature and signer are as published", arguments: with("domainSeparator"))
    func published(vector: JSON) throws {
        let data: TypedData
        if let document = vector["typedData"] {
            data = try TypedData(json: document)
        } else {
            data = try TypedData(
                types: [transferWithAuthorization], primaryType: #require(vector["primaryType"]?.string),
                domain: #require(vector["domain"]), message: #require(vector["message"]))
        }
        #expect(try data.domainSeparator == vector.bytes("domainSeparator"))
        #expect(try data.structHash == vector.bytes("structHash"))
        #expect(try data.digest == vector.bytes("digest"))
        let signature = try WalletSignature(strict: vector.bytes("signature"))
        #expect(signature.signer(ofDigest: data.digest)?.checksummed == vector["signer"]?.string)
        #expect(try TypedData(json: data.json).digest == data.digest)
    }

    @Test(
        "Atoms, edges, arrays, references and recursion hash as another library hashes them",
        arguments: Vectors.cases("eip712-shapes"))
    func shapes(vector: JSON) throws {
        let document = try #require(vector["typedData"])
        let data = try TypedData(json: document)
        #expect(try data.domainSeparator == vector.bytes("domainSeparator"))
        #expect(try data.structHash == vector.bytes("structHash"))
        #expect(try data.digest == vector.bytes("digest"))
        #expect(data.json == document || data.json.canonicalBytes == document.canonicalBytes)
    }

    @Test("Type hashes of EIP-3009 are those of the token contracts")
    func typeHashes() throws {
        let vector = try #require(Vectors.cases("eip712-eip3009").first { $0["id"] == "typehashes" })
        for name in ["TransferWithAuthorization", "ReceiveWithAuthorization", "CancelAuthorization"] {
            let fields =
                name == "CancelAuthorization"
                ? [TypedData.Field("authorizer", "address"), TypedData.Field("nonce", "bytes32")]
                : transferWithAuthorization.fields
            let data = try TypedData(
                types: [TypedData.Structure(name, fields), TypedData.Structure("Any", [])], primaryType: "Any",
                domain: ["name": "x"], message: .object([]))
            #expect(try Keccak256.hash(Array(data.typeText(of: name).utf8)) == vector.bytes(name))
        }
    }

    @Test("A vault's key follows from the wallet alone: typed data, signature, key, text", arguments: vaults)
    func signToDerive(vector: JSON) throws {
        let declaration = try #require(vector["types"]?.members?.first)
        let fields = try #require(declaration.value.array).map { field in
            TypedData.Field(try #require(field["name"]?.string), try #require(field["type"]?.string))
        }
        let data = try TypedData(
            types: [TypedData.Structure(declaration.name, fields)], primaryType: declaration.name,
            domain: #require(vector["domain"]), message: #require(vector["message"]))
        #expect(try data.digest == vector.bytes("digest"))

        let wallet = try #require(WalletKey(Secret(copying: vector.bytes("privateKey"))))
        let signature = wallet.sign(typedData: data)
        #expect(try signature.bytes == vector.bytes("signature"))
        #expect(signature.signer(ofDigest: data.digest) == wallet.address)

        let info = Array(try #require(vector["hkdf"]?["info"]?.string).utf8)
        let key = try HKDF.derive(
            salt: wallet.address.bytes, input: signature.keyMaterial(), info: info, count: AESGCM.keyBytes)
        let opened = try AESGCM.open(
            vector.bytes("ciphertextAndTag"), key: key, nonce: vector.bytes("nonce"),
            associated: Array(#require(vector["aad"]?.string).utf8))
        #expect(String(decoding: opened, as: UTF8.self) == vector["plaintext"]?.string)
    }

    @Test("Every case of the files is run by one of these tests")
    func completeness() {
        #expect(Vectors.cases("eip712-eip3009").count == 1 + TypedDataTests.with("domainSeparator").count)
        #expect(TypedDataTests.with("domainSeparator").count == 4)
        #expect(TypedDataTests.vaults.count == 3)
        #expect(Vectors.cases("eip712-shapes").count == 5)
    }

    @Test("Referenced structs follow sorted by name, each once")
    func typeText() throws {
        let document = try #require(Vectors.cases("eip712-shapes").first { $0["id"] == "references" }?["typedData"])
        #expect(
            try TypedData(json: document).typeText(of: "Top")
                == "Top(Zebra z,Ape a,Mule m)Ape(Zebra z,Lynx[] l)Lynx(bytes4 t)Mule(bool ok)Zebra(uint256 x)")
    }

    private static func with(_ member: String) -> [JSON] {
        Vectors.cases("eip712-eip3009").filter { $0[member] != nil }
    }

    private static let vaults = Vectors.cases("sign-to-derive").filter { $0["types"] != nil }
}

/// EIP-3009.
private let transferWithAuthorization = TypedData.Structure(
    "TransferWithAuthorization",
    [
        TypedData.Field("from", "address"), TypedData.Field("to", "address"), TypedData.Field("value", "uint256"),
        TypedData.Field("validAfter", "uint256"), TypedData.Field("validBefore", "uint256"),
        TypedData.Field("nonce", "bytes32"),
    ])
