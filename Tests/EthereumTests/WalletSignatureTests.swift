import Cryptography
import Ethereum
import Primitives
import Testing

@Suite("Wallet signatures")
struct WalletSignatureTests {
    @Test("Signed messages are taken and refused as the vectors say", arguments: Vectors.cases("personal-sign"))
    func personalSign(vector: JSON) throws {
        let message = try vector.bytes("message")
        let address = try #require(vector["address"]?.string.flatMap { Address($0) })
        let signature = try vector.bytes("signature")
        #expect(try PersonalMessage.digest(of: message) == vector.bytes("digest"))

        let strict = try? WalletSignature(strict: signature)
        let signer = strict.flatMap { PersonalMessage.signer(of: message, signature: $0) }
        let isValid = vector["valid"]?.bool ?? vector["validStrict"]?.bool
        #expect((signer == address) == isValid)
        let login = try? WalletSignature(login: try #require(vector["signature"]?.string))
        let loginSigner = login.flatMap { PersonalMessage.signer(of: message, signature: $0) }
        #expect((loginSigner == address) == (isValid == true || vector.isShortV))

        if vector["privateKey"] != nil {
            let key = try #require(WalletKey(Secret(copying: vector.bytes("privateKey"))))
            #expect(key.sign(personalMessage: message).bytes == signature)
        }
    }

    @Test("The refusals have the stated reasons, at login as when strict")
    func reasons() throws {
        let reasons: [String: WalletSignatureError] = [
            "personal-sign-08": .badS, "personal-sign-09": .badV, "personal-sign-12": .badR, "personal-sign-14": .badS,
            "personal-sign-15": .badR, "personal-sign-17": .malformed, "personal-sign-18": .malformed,
        ]
        var seen = 0
        for vector in Vectors.cases("personal-sign") {
            guard let id = vector["id"]?.string, let reason = reasons[id] else { continue }
            seen += 1
            #expect(throws: reason, "\(id)") { try WalletSignature(strict: vector.bytes("signature")) }
            guard !vector.isShortV else { continue }
            #expect(throws: reason, "\(id)") { try WalletSignature(login: #require(vector["signature"]?.string)) }
        }
        #expect(seen == reasons.count)
        #expect(Vectors.cases("personal-sign").count == 14)
    }

    @Test("v: 27 and 28 always, 0 and 1 at login only, nothing else ever")
    func recoveryValues() throws {
        let key = try WalletKey.generate()
        let good = key.sign(personalMessage: Array("hello".utf8))
        for v in UInt8.min...UInt8.max {
            let bytes = good.r + good.s + [v]
            if v == 27 || v == 28 {
                #expect(try WalletSignature(strict: bytes).v == v)
            } else {
                #expect(throws: WalletSignatureError.badV) { try WalletSignature(strict: bytes) }
            }
            let text = Hex.encode(bytes)
            if v <= 1 || v == 27 || v == 28 {
                #expect(try WalletSignature(login: text).v == (v <= 1 ? v + 27 : v))
            } else {
                #expect(throws: WalletSignatureError.badV) { try WalletSignature(login: text) }
            }
        }
    }

    @Test("r reaches n - 1 and s reaches n / 2, and no further")
    func ranges() throws {
        let order = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd03641"
        let half = "7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20"
        let (zero, one) = (String(repeating: "0", count: 64), String(repeating: "0", count: 63) + "1")
        let ones = String(repeating: "f", count: 64)
        for (r, s, error) in [
            (one, one, nil), (order + "40", one, nil), (one, half + "a0", nil), (order + "40", half + "a0", nil),
            (zero, one, .badR), (order + "41", one, .badR), (order + "42", one, .badR), (ones, one, .badR),
            (one, zero, .badS), (one, half + "a1", .badS), (one, order + "40", .badS), (one, order + "41", .badS),
            (one, ones, .badS),
        ] as [(String, String, WalletSignatureError?)] {
            if let error {
                #expect(throws: error) { try WalletSignature(login: r + s + "1b") }
            } else {
                #expect(try WalletSignature(login: r + s + "1b").hex == "0x" + r + s + "1b")
            }
        }
    }

    @Test("Login text: with or without 0x, either case; everything else is refused")
    func loginText() throws {
        let key = try WalletKey.generate()
        let good = key.sign(personalMessage: [])
        let digits = String(good.hex.dropFirst(2))
        for text in [good.hex, digits, digits.uppercased(), "0x" + digits.uppercased()] {
            #expect(try WalletSignature(login: text).isEqual(to: good))
            var bytes = Array(text.utf8)
            #expect(
                try bytes.withUnsafeMutableBytes { try WalletSignature(login: UnsafeRawBufferPointer($0)) }.v == good.v)
        }
        let bad: [String] = [
            "", "0x", "0X\(digits)", "\(digits)0", "\(digits)00", "\(digits.dropLast())", "\(digits.dropLast(2))",
            "0x\(digits) ", " \(digits)", "0x0x\(digits)", "0x0x\(digits.dropLast(2))", "0x0x\(digits.dropLast(4))",
            "0x\(digits.dropLast(2))", "\(digits.dropLast())g", "\(digits.dropLast())\u{E9}",
            "\u{FF10}\(digits.dropFirst())", "\(digits.dropLast(2))\0\0",
        ]
        for text in bad {
            #expect(throws: WalletSignatureError.malformed) { try WalletSignature(login: text) }
        }
    }

    @Test("Every flipped bit of a signature changes or loses the signer")
    func tampering() throws {
        let key = try WalletKey.generate()
        let message = Array("gw.example wants you to sign in".utf8)
        let good = key.sign(personalMessage: message)
        #expect(PersonalMessage.signer(of: message, signature: good) == key.address)
        for index in 0..<65 {
            for bit in 0..<8 {
                var forged = good.bytes
                forged[index] ^= 1 << UInt8(bit)
                guard let signature = try? WalletSignature(strict: forged) else { continue }
                #expect(PersonalMessage.signer(of: message, signature: signature) != key.address)
            }
        }
        for index in message.indices {
            var other = message
            other[index] ^= 1
            #expect(PersonalMessage.signer(of: other, signature: good) != key.address)
        }
    }

    @Test("The length in a personal message counts bytes and is decimal", arguments: [0, 9, 10, 99, 100, 1_000])
    func lengths(count: Int) {
        let message = Array(String(repeating: "é", count: count).utf8)
        let written = Array("\u{19}Ethereum Signed Message:\n\(2 * count)".utf8) + message
        #expect(PersonalMessage.digest(of: message) == Keccak256.hash(written))
    }

    @Test("A signature does not print itself and compares every byte")
    func secrecy() throws {
        let key = try WalletKey.generate()
        let signature = key.sign(personalMessage: [1])
        #expect("\(signature) \(String(reflecting: signature))" == "[wallet signature] [wallet signature]")
        #expect(Mirror(reflecting: signature).children.isEmpty)
        #expect("\(key)" == "[wallet key of \(key.address.checksummed)]")
        #expect(Mirror(reflecting: key).children.isEmpty)
        #expect(signature.isEqual(to: key.sign(personalMessage: [1])))
        #expect(!signature.isEqual(to: key.sign(personalMessage: [2])))
        let twin = signature.r + signature.s + [signature.v == 27 ? 28 : 27]
        #expect(!signature.isEqual(to: try WalletSignature(strict: twin)))
    }

    @Test("Key material is r and s without v; a wiped signature is worth nothing")
    func keyMaterial() throws {
        let key = try WalletKey.generate()
        var signature = key.sign(personalMessage: [1])
        let expected = try Secret(copying: signature.r + signature.s)
        #expect(try signature.keyMaterial().isEqual(to: expected))
        signature.wipe()
        #expect(signature.r + signature.s == [UInt8](repeating: 0, count: 64))
        #expect(PersonalMessage.signer(of: [1], signature: signature) == nil)
    }

    @Test("What is no private key makes no wallet")
    func badKeys() throws {
        for bytes in [[], [1], [UInt8](repeating: 0, count: 32), [UInt8](repeating: 0xFF, count: 32)] as [[UInt8]] {
            #expect(WalletKey(try Secret(copying: bytes)) == nil)
        }
        #expect(try WalletKey.generate().address != WalletKey.generate().address)
    }
}

extension JSON {
    /// Whether this case is the one whose signature is good but for its v of 0 or 1.
    fileprivate var isShortV: Bool { self["case"]?.string?.hasPrefix("v 0/1") == true }
}
