import Primitives
import Testing

@testable import Ethereum

@Suite("The program that a node runs is the one that is described")
struct SignatureProbeTests {
    /// The program in mnemonics. A word before a colon is a place to jump to; `end` is where the data begin.
    private static let listing = """
        PUSH1 end, CODESIZE, SUB, PUSH1 end, PUSH1 0x20, CODECOPY
        check: JUMPDEST, PUSH1 0x20, PUSH1 0x00
        PUSH1 0x60, MLOAD, PUSH1 end+0x80, CODESIZE, SUB, SUB
        PUSH1 0x60, MLOAD, PUSH1 0xa0, ADD
        PUSH1 0x20, MLOAD, PUSH3 0x2dc6c0, STATICCALL
        PUSH1 0x1f, RETURNDATASIZE, GT, AND
        PUSH4 0x1626ba7e, PUSH1 0xe0, SHL, PUSH1 0x00, MLOAD, EQ, AND
        PUSH1 yes, JUMPI
        PUSH1 0x80, MLOAD, PUSH1 prepare, JUMPI
        PUSH1 0x00, PUSH1 0x00, MSTORE, PUSH1 0x20, PUSH1 0x00, RETURN
        prepare: JUMPDEST, PUSH1 0x00, PUSH1 0x80, MSTORE
        PUSH1 0x00, PUSH1 0x00, PUSH1 0x60, MLOAD, PUSH1 0xa0, PUSH1 0x00, PUSH1 0x40, MLOAD
        PUSH3 0x5b8d80, CALL, POP, PUSH1 check, JUMP
        yes: JUMPDEST, PUSH1 0x01, PUSH1 0x00, MSTORE, PUSH1 0x20, PUSH1 0x00, RETURN
        """
    private static let operations: [Substring: UInt8] = [
        "ADD": 0x01, "SUB": 0x03, "GT": 0x11, "EQ": 0x14, "AND": 0x16, "SHL": 0x1B, "CODESIZE": 0x38,
        "CODECOPY": 0x39, "RETURNDATASIZE": 0x3D, "POP": 0x50, "MLOAD": 0x51, "MSTORE": 0x52, "JUMP": 0x56,
        "JUMPI": 0x57, "JUMPDEST": 0x5B, "CALL": 0xF1, "RETURN": 0xF3, "STATICCALL": 0xFA,
    ]

    /// Two passes: sizes are known before places are, since each push names its width.
    private static func assemble() throws -> [UInt8] {
        var places: [Substring: Int] = [:]
        var code: [UInt8] = []
        var operands: [(at: Int, width: Int, sum: Substring)] = []
        for line in listing.split(separator: "\n") {
            var line = line
            if let colon = line.firstRange(of: ": ") {
                places[line[..<colon.lowerBound]] = code.count
                line = line[colon.upperBound...]
            }
            for instruction in line.split(separator: ", ") {
                let words = instruction.split(separator: " ")
                if words.count == 2, let width = Int(words[0].dropFirst(4)) {
                    code.append(0x5F + UInt8(width))
                    operands.append((code.count, width, words[1]))
                    code += [UInt8](repeating: 0, count: width)
                } else {
                    code.append(try #require(operations[words[0]], "\(words[0])"))
                }
            }
        }
        places["end"] = code.count
        for operand in operands {
            var value = 0
            for term in operand.sum.split(separator: "+") {
                value += try #require(places[term] ?? Int(term.dropFirst(2), radix: 16), "\(term)")
            }
            for place in (0..<operand.width).reversed() {
                code[operand.at + place] = UInt8(value & 0xFF)
                value >>= 8
            }
            #expect(value == 0, "\(operand.sum) does not fit")
        }
        return code
    }

    @Test("Its bytes are what its listing assembles to")
    func program() throws {
        #expect(SignatureProbe.program == (try SignatureProbeTests.assemble()))
    }

    @Test("The gas that the listing names is what the limits say, and all of it fits into the call's")
    func gas() {
        #expect(SignatureProbe.questionGas == 0x2D_C6C0)
        #expect(SignatureProbe.preparationGas == 0x5B_8D80)
        // A call keeps a 64th of what there is; the program itself needs little beside that.
        let needed = 2 * SignatureProbe.questionGas + SignatureProbe.preparationGas
        #expect(SignatureProbe.gas - needed > SignatureProbe.gas / 64 + 1_000_000)
        #expect(SignatureProbe.gas < 1 << 24)
    }

    @Test("The data follow the program: account, factory, length, switch, preparing call, question")
    func data() throws {
        let account = try #require(Address(bytes: [UInt8](repeating: 0xAA, count: 20)))
        let digest = [UInt8](repeating: 0xDD, count: 32)
        let signature = try #require(DeployableSignature(wrapped: DeployableSignatureTests.wrapped(call: [9, 8, 7])))
        let data = SignatureProbe.callData(account: account, digest: digest, signature: signature)
            .dropFirst(SignatureProbe.program.count)
        let question = ContractQuestion.callData(digest: digest, signature: signature.signature)
        let factory = [UInt8](repeating: 0xFA, count: 20)
        let expected = Word.padded(account.bytes) + Word.padded(factory) + ABI.word(3) + ABI.word(1) + [9, 8, 7]
        #expect(Array(data) == expected + question)
        let plain = SignatureProbe.callData(
            account: account, digest: digest, signature: DeployableSignature(plain: [1]))
        let switches = plain.dropFirst(SignatureProbe.program.count + 32).prefix(96)
        #expect(switches.allSatisfy { $0 == 0 })
    }

    @Test("Only its own two words are an answer")
    func verdict() {
        #expect(SignatureProbe.verdict(ABI.word(1)) == true)
        #expect(SignatureProbe.verdict(ABI.word(0)) == false)
        for other in [[], [1], ABI.word(2), ABI.word(1) + [0], ContractQuestion.magic] {
            #expect(SignatureProbe.verdict(other) == nil)
        }
    }
}
