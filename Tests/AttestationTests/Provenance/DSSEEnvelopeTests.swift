import Cryptography
import Primitives
import Testing

@testable import Attestation

@Suite("Signed envelopes")
struct DSSEEnvelopeTests {
    @Test("What is signed is the text of the specification's own example")
    func encoding() {
        let encoded = DSSEEnvelope.preAuthenticationEncoding(
            type: "http://example.com/HelloWorld", body: Array("hello world".utf8))
        #expect(String(decoding: encoded, as: UTF8.self) == "DSSEv1 29 http://example.com/HelloWorld 11 hello world")
    }

    @Test("Lengths are counted in bytes, not in letters")
    func lengths() {
        let encoded = DSSEEnvelope.preAuthenticationEncoding(type: "é", body: Array("ü!".utf8))
        #expect(encoded == Array("DSSEv1 2 é 3 ü!".utf8))
    }

    @Test("An envelope is read as it was written, and its signers are found")
    func roundTrip() throws {
        let keys = try [1, 2].map(SampleBuild.key)
        let envelope = DSSEEnvelope(payloadType: "t", payload: Array("body".utf8), signedBy: keys)
        let read = try DSSEEnvelope(parsing: envelope.fileBytes)
        #expect(read == envelope)
        #expect(read.isSigned)
        #expect(read.signatures.map(\.keyID) == keys.map(\.publicKey.thumbprint))
        #expect(read.signers(among: Set(keys.map(\.publicKey))) == Set(keys.map(\.publicKey)))
        #expect(read.signers(among: [keys[1].publicKey]) == [keys[1].publicKey])
        #expect(read.signers(among: [try SampleBuild.key(3).publicKey]) == [])
        #expect(read.signers(among: []) == [])
    }

    @Test("Signing again gives the same bytes")
    func repeatable() throws {
        let one = DSSEEnvelope(payloadType: "t", payload: [1], signedBy: [try SampleBuild.key(1)])
        let two = DSSEEnvelope(payloadType: "t", payload: [1], signedBy: [try SampleBuild.key(1)])
        #expect(one.fileBytes == two.fileBytes)
    }

    @Test("The key's name is a hint: a wrong one hides no signer and makes none")
    func hints() throws {
        let key = try SampleBuild.key(1)
        let good = DSSEEnvelope(payloadType: "t", payload: [1], signedBy: [key])
        let bytes = good.signatures[0].bytes
        let renamed = DSSEEnvelope(
            payloadType: "t", payload: [1], signatures: [.init(keyID: "somebody", bytes: bytes)])
        #expect(renamed.signers(among: [key.publicKey]) == [key.publicKey])
        let boasting = DSSEEnvelope(
            payloadType: "t", payload: [1],
            signatures: [.init(keyID: key.publicKey.thumbprint, bytes: [UInt8](repeating: 0, count: 64))])
        #expect(boasting.signers(among: [key.publicKey]) == [])
    }

    @Test("A signature over one type or body is none over another")
    func binding() throws {
        let key = try SampleBuild.key(1)
        let good = DSSEEnvelope(payloadType: "type", payload: Array("body".utf8), signedBy: [key])
        let others = [("typ", "body"), ("type", "bod"), ("type b", "ody"), ("type", "body "), ("TYPE", "body")]
        for (type, body) in others {
            let other = DSSEEnvelope(payloadType: type, payload: Array(body.utf8), signatures: good.signatures)
            #expect(other.signers(among: [key.publicKey]) == [], "\(type), \(body)")
        }
    }

    @Test("Either alphabet of base64 is read, members that nobody knows are passed over")
    func leniency() throws {
        let text = #"{"payloadType":"t","payload":"-_8=","signatures":[{"sig":"+/8=","cert":"x"}],"more":1}"#
        let envelope = try DSSEEnvelope(parsing: Array(text.utf8))
        #expect(envelope.payload == [0xFB, 0xFF])
        #expect(envelope.signatures == [.init(keyID: "", bytes: [0xFB, 0xFF])])
    }

    @Test("What is no envelope is refused", arguments: refused)
    func refusals(text: String, fault: EnvelopeFault) {
        #expect(throws: fault) { try DSSEEnvelope(parsing: Array(text.utf8)) }
    }

    @Test("Sizes are bounded: at the limit it is read, above it is not")
    func limits() throws {
        func file(_ count: Int) -> [UInt8] {
            let signatures = [DSSEEnvelope.Signature](repeating: .init(keyID: "k", bytes: [1]), count: count)
            return DSSEEnvelope(payloadType: "t", payload: [], signatures: signatures).fileBytes
        }
        #expect(try DSSEEnvelope(parsing: file(16)).signatures.count == 16)
        #expect(throws: EnvelopeFault.tooManySignatures) { try DSSEEnvelope(parsing: file(17)) }
        let short = file(0)
        let padded = short + [UInt8](repeating: 0x20, count: DSSEEnvelope.maximumBytes - short.count)
        #expect(try DSSEEnvelope(parsing: padded).isSigned == false)
        #expect(throws: EnvelopeFault.tooLong) { try DSSEEnvelope(parsing: padded + [0x20]) }
    }

    private static let refused: [(String, EnvelopeFault)] = [
        ("", .notJSON),
        ("[]", .notJSON),
        (#"{"payloadType":"t","payload":"","signatures":[]} {}"#, .notJSON),
        (#"{"payloadType":"t","payloadType":"u","payload":"","signatures":[]}"#, .notJSON),
        (#"{"payload":"","signatures":[]}"#, .member("payloadType")),
        (#"{"payloadType":"","payload":"","signatures":[]}"#, .member("payloadType")),
        (#"{"payloadType":1,"payload":"","signatures":[]}"#, .member("payloadType")),
        (#"{"payloadType":"t","signatures":[]}"#, .member("payload")),
        (#"{"payloadType":"t","payload":"AA","signatures":[]}"#, .member("payload")),
        (#"{"payloadType":"t","payload":"AB==","signatures":[]}"#, .member("payload")),
        (#"{"payloadType":"t","payload":"A A=","signatures":[]}"#, .member("payload")),
        (#"{"payloadType":"t","payload":""}"#, .member("signatures")),
        (#"{"payloadType":"t","payload":"","signatures":{}}"#, .member("signatures")),
        (#"{"payloadType":"t","payload":"","signatures":[{}]}"#, .member("sig")),
        (#"{"payloadType":"t","payload":"","signatures":[{"sig":""}]}"#, .member("sig")),
        (#"{"payloadType":"t","payload":"","signatures":["AAAA"]}"#, .member("sig")),
        (#"{"payloadType":"t","payload":"","signatures":[{"sig":"AAAA","keyid":1}]}"#, .member("keyid")),
    ]
}
