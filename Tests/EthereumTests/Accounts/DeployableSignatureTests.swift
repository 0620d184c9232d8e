import Primitives
import Testing

@testable import Ethereum

@Suite("A wrapped signature is read strictly")
struct DeployableSignatureTests {
    private static let factory = Address(bytes: [UInt8](repeating: 0xFA, count: 20))

    /// `(address, bytes, bytes)` and the magic; offsets and lengths can be given wrong.
    static func wrapped(
        factory: [UInt8] = [UInt8](repeating: 0xFA, count: 20), call: [UInt8] = [1, 2, 3],
        signature: [UInt8] = [UInt8](repeating: 7, count: 65), callOffset: [UInt8]? = nil,
        signatureOffset: [UInt8]? = nil, callLength: [UInt8]? = nil
    ) -> [UInt8] {
        var data = Word.padded(factory) + (callOffset ?? ABI.word(96))
        data += signatureOffset ?? ABI.word(96 + ABI.tail(call).count)
        data += (callLength ?? ABI.word(call.count)) + ABI.tail(call).dropFirst(32) + ABI.tail(signature)
        return data + DeployableSignature.magic
    }

    @Test("Factory, call and signature come out as they went in", arguments: [0, 1, 31, 32, 33, 64, 65])
    func reads(count: Int) throws {
        let (call, signature) = ([UInt8](repeating: 5, count: count), [UInt8](repeating: 7, count: 65 - count))
        let bytes = DeployableSignatureTests.wrapped(call: call, signature: signature)
        let read = try #require(DeployableSignature(wrapped: bytes))
        #expect(read.preparation?.factory == DeployableSignatureTests.factory)
        #expect(read.preparation?.callData == call)
        #expect(read.signature == signature)
    }

    @Test("Offsets and lengths outside the data, in whatever way, are refused and crash nothing")
    func refuses() throws {
        let huge = [UInt8](repeating: 0xFF, count: 32)
        let greatest = [UInt8](repeating: 0, count: 24) + [0x7F] + [UInt8](repeating: 0xFF, count: 7)
        let whole = DeployableSignatureTests.wrapped()
        let count = whole.count - 32
        let bad = [
            DeployableSignatureTests.wrapped(callOffset: huge), DeployableSignatureTests.wrapped(callOffset: greatest),
            DeployableSignatureTests.wrapped(signatureOffset: huge),
            DeployableSignatureTests.wrapped(callLength: huge), DeployableSignatureTests.wrapped(callLength: greatest),
            DeployableSignatureTests.wrapped(signatureOffset: ABI.word(count)),
            DeployableSignatureTests.wrapped(signatureOffset: ABI.word(count - 31)),
            DeployableSignatureTests.wrapped(callLength: ABI.word(count)),
            DeployableSignatureTests.wrapped(factory: [UInt8](repeating: 1, count: 21)),
            DeployableSignature.magic, [UInt8](repeating: 0, count: 95) + DeployableSignature.magic,
        ]
        for bytes in bad {
            #expect(DeployableSignature(wrapped: bytes) == nil)
            #expect(SignatureDecision(signature: bytes, code: AccountCode.none) == .refuse(.invalid))
        }
        let vector = try #require(Vectors.cases("evm-calls").first { $0["id"]?.string == "bad-6492-offset" })
        #expect(DeployableSignature(wrapped: try vector.bytes("wrapped")) == nil)
    }

    @Test("No cut of a good wrapper is read beyond its end")
    func cuts() {
        let data = DeployableSignatureTests.wrapped().dropLast(32)
        for count in data.indices {
            _ = DeployableSignature(wrapped: data.prefix(count) + DeployableSignature.magic)
            #expect(DeployableSignature(wrapped: Array(data.prefix(count))) == nil)
        }
    }
}
