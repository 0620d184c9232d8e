import Cryptography
import Primitives
import Testing

@testable import Attestation

@Suite("Shares as a line of text")
struct RecoveryShareTextTests {
    private func text(_ share: RecoveryShare) throws -> String {
        try share.text().withBytes { String(decoding: $0, as: UTF8.self) }
    }

    private func read(_ text: String) throws -> RecoveryShare {
        try RecoveryShare(text: Secret(copying: Array(text.utf8)))
    }

    private func fixed() throws -> RecoveryShare {
        RecoveryShare(
            setID: Array(0..<16), index: 2, threshold: 3, count: 5, value: try Secret(copying: 224...255))
    }

    @Test("A share is the line that another program works out")
    func elsewhere() throws {
        #expect(try text(fixed()) == RecoveryShareTextTests.line)
    }

    @Test("What was written is read again", arguments: 1...16)
    func roundTrip(count: Int) throws {
        let made = try RecoverySet.split(Secret(randomCount: 32), threshold: 1, count: count, gateway: "g")
        for share in made.shares {
            let line = try text(share)
            #expect(line.utf8.count == RecoveryShare.textBytes)
            let again = try read(line)
            #expect(again.setID == share.setID && again.index == share.index)
            #expect(again.threshold == 1 && again.count == count)
            #expect(again.value.isEqual(to: share.value))
            #expect(made.set.isGenuine(again))
        }
    }

    @Test("Small letters, spaces, missing dashes and look-alikes are read as what was meant")
    func leniency() throws {
        let line = RecoveryShareTextTests.line
        let body = line.dropFirst(5)
        let forms = [
            line.lowercased(), "SGR1-" + body.replacing("-", with: ""), "SGR1-" + body.replacing("-", with: " "),
            "SGR1-" + body.replacing("0", with: "O"), "sgr1-" + body.replacing("0", with: "o"),
            "SGR1-" + body.replacing("1", with: "l"), "SGR1-" + body.replacing("1", with: "I"), line + " ",
        ]
        for form in forms { #expect(try read(form).value.isEqual(to: fixed().value), "\(form)") }
    }

    @Test("Every slip of one letter is noticed")
    func slips() throws {
        let line = Array(RecoveryShareTextTests.line.utf8)
        for index in 5..<line.count where line[index] != UInt8(ascii: "-") {
            for letter in "0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8 where letter != line[index] {
                var slipped = line
                slipped[index] = letter
                #expect(throws: RecoveryFault.checksum) { try RecoveryShare(text: Secret(copying: slipped)) }
            }
        }
    }

    @Test("Two neighbouring letters in the wrong order are noticed")
    func swaps() throws {
        let line = Array(RecoveryShareTextTests.line.utf8)
        for index in 5..<line.count - 1 where line[index] != line[index + 1] {
            guard line[index] != UInt8(ascii: "-"), line[index + 1] != UInt8(ascii: "-") else { continue }
            var swapped = line
            swapped.swapAt(index, index + 1)
            #expect(throws: RecoveryFault.checksum) { try RecoveryShare(text: Secret(copying: swapped)) }
        }
    }

    @Test("What is no line is refused")
    func malformed() throws {
        let line = RecoveryShareTextTests.line
        let others = [
            "", "SGR1", "SGR1-", "SGR2" + line.dropFirst(4), String(line.dropFirst(5)), String(line.dropLast()),
            line + "0", line + "00", line.replacing("Z", with: "U"), line.replacing("Z", with: "!"),
            line.replacing("Z", with: "\u{80}"), " " + line,
        ]
        for other in others {
            #expect(throws: RecoveryFault.malformed, "\(other)") { try read(other) }
        }
    }

    @Test("A right checksum does not excuse a head that no share has", arguments: heads)
    func badHeads(head: [UInt8]) throws {
        let body = head + [UInt8](repeating: 1, count: 48)
        let bits = (body + SHA256.hash(body).prefix(8)).flatMap { byte in (0..<8).map { byte >> (7 - $0) & 1 } }
        let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ")
        let letters = stride(from: 0, to: bits.count, by: 5).map { start in
            alphabet[bits[start..<start + 5].reduce(0) { $0 * 2 + Int($1) }]
        }
        if head == [1, 1, 1, 1] {
            #expect(try read("SGR1-" + String(letters)).index == 1)
        } else {
            #expect(throws: RecoveryFault.malformed) { try read("SGR1-" + String(letters)) }
        }
    }

    private static let heads: [[UInt8]] = [
        [1, 1, 1, 1], [2, 1, 1, 1], [0, 1, 1, 1], [1, 0, 1, 1], [1, 2, 1, 1], [1, 1, 0, 1], [1, 1, 2, 1], [1, 1, 1, 0],
        [1, 1, 1, 17], [1, 17, 1, 16],
    ]
    private static let line =
        "SGR1-041061-800410-61050R-3GG28A-1C60T3-GFW3GY-5RZ4WQ-KEFT79-"
        + "XBNYSV-FEXZRF-3WQKYK-TZDXZR-Z7XFQZ-7XZVZX-PKN97B-JXQPDC"
}
