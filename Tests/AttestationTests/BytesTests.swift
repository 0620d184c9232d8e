import Primitives
import Testing

@testable import Attestation

@Suite("The bytes of attestation")
struct BytesTests {
    static let models: [(family: UInt8, model: UInt8, product: Product?)] = [
        (0x19, 0x00, .milan), (0x19, 0x01, .milan), (0x19, 0x0F, .milan), (0x19, 0x10, .genoa), (0x19, 0x11, .genoa),
        (0x19, 0x1F, .genoa), (0x19, 0x20, nil), (0x19, 0x9F, nil), (0x19, 0xA0, .genoa), (0x19, 0xAF, .genoa),
        (0x19, 0xB0, nil), (0x1A, 0x00, .turin), (0x1A, 0x02, .turin), (0x1A, 0x11, .turin), (0x1A, 0x12, nil),
        (0x1A, 0x50, .venice), (0x1A, 0x57, .venice), (0x1A, 0x58, nil), (0x1A, 0x90, .venice), (0x1A, 0xAF, .venice),
        (0x1A, 0xC0, .venice), (0x1A, 0xC7, .venice), (0x1A, 0xC8, nil), (0x17, 0x31, nil), (0x00, 0x00, nil),
    ]

    @Test("A processor's product follows from CPUID", arguments: models)
    func product(family: UInt8, model: UInt8, product: Product?) {
        #expect(Product(family: family, model: model) == product)
    }

    @Test("A TCB has its components where its layout puts them")
    func layouts() {
        let milan = TCBVersion(bootloader: 4, tee: 1, snp: 24, microcode: 219, layout: .milan)
        #expect(milan.bytes == [4, 1, 0, 0, 0, 0, 24, 219])
        let turin = TCBVersion(fmc: 1, bootloader: 2, tee: 3, snp: 4, microcode: 81, layout: .turin)
        #expect(turin.bytes == [1, 2, 3, 4, 0, 0, 0, 81])
        #expect(milan[.fmc] == nil && turin[.fmc] == 1 && turin[.snp] == 4 && milan[.snp] == 24)
        #expect(turin.description == "fmc 1, bootloader 2, tee 3, snp 4, microcode 81")
        #expect(milan.reservedIsZero && turin.reservedIsZero)
        #expect(!TCBVersion(rawValue: 1 << 16, layout: .milan).reservedIsZero)
        #expect(!TCBVersion(rawValue: 1 << 32, layout: .turin).reservedIsZero)
    }

    @Test("TCBs are compared component by component, not as numbers")
    func comparison() {
        let older = TCBVersion(bootloader: 9, tee: 0, snp: 27, microcode: 20, layout: .milan)
        let newer = TCBVersion(bootloader: 3, tee: 0, snp: 23, microcode: 21, layout: .milan)
        #expect(older.rawValue < newer.rawValue)
        #expect(older.components(above: newer) == [.bootloader, .snp])
        #expect(newer.components(above: older) == [.microcode])
        #expect(newer.components(above: newer) == [])
    }

    @Test("A report's data has 64 bytes")
    func reportData() {
        #expect(ReportData([UInt8](repeating: 1, count: 64))?.bytes.count == 64)
        for count in [0, 32, 63, 65] { #expect(ReportData([UInt8](repeating: 1, count: count)) == nil) }
    }

    // MARK: certificate tables

    private static let vcek: [UInt8] = [
        0x63, 0xDA, 0x75, 0x8D, 0xE6, 0x64, 0x45, 0x64, 0xAD, 0xC5, 0xF4, 0xB9, 0x3B, 0xE8, 0xAC, 0xCD,
    ]
    private static let other = [UInt8](repeating: 7, count: 16)

    private static func entry(_ kind: [UInt8], _ offset: UInt32, _ length: UInt32) -> [UInt8] {
        kind + [offset, length].flatMap { value in (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
    }

    private static let end = [UInt8](repeating: 0, count: 24)

    static let tables: [(name: String, bytes: [UInt8], fault: CertificateTableFault?)] = [
        ("nothing", [], nil), ("zeros", [UInt8](repeating: 0, count: 4_096), nil),
        ("one", entry(vcek, 48, 2) + end + [1, 2], nil),
        ("to the last byte of padding", entry(vcek, 48, 4) + end + [1, 2, 0, 0], nil),
        ("an unknown kind", entry(other, 48, 2) + end + [1, 2], nil),
        ("cut in the list", Array(entry(vcek, 48, 2).dropLast()), .noEnd),
        ("without an end", entry(vcek, 24, 0), .noEnd),
        ("beyond the end", entry(vcek, 48, 3) + end + [1, 2], .placeOutsideTable),
        ("inside the list", entry(vcek, 24, 2) + end + [1, 2], .placeOutsideTable),
        ("a sum above 32 bits", entry(vcek, .max, 50) + end + [1, 2], .placeOutsideTable),
        ("a length above 32 bits", entry(vcek, 48, .max) + end + [1, 2], .placeOutsideTable),
        ("an unknown kind beyond the end", entry(other, 48, 3) + end + [1, 2], .placeOutsideTable),
        ("empty", entry(vcek, 48, 0) + end + [1, 2], .emptyEntry),
        ("twice", entry(vcek, 72, 1) + entry(vcek, 73, 1) + end + [1, 1], .duplicateKind),
        ("an unknown kind twice", entry(other, 72, 1) + entry(other, 73, 1) + end + [1, 1], .duplicateKind),
        ("at the limit", [UInt8](repeating: 0, count: CertificateTable.maximumBytes), nil),
        ("above the limit", [UInt8](repeating: 0, count: CertificateTable.maximumBytes + 1), .tooLarge),
    ]

    @Test("A certificate table is taken only if every place in it is right", arguments: tables)
    func table(name: String, bytes: [UInt8], fault: CertificateTableFault?) throws {
        if let fault {
            #expect(throws: fault) { try CertificateTable(bytes) }
        } else {
            let table = try CertificateTable(bytes)
            #expect(table.vcek?.prefix(2) == (bytes.starts(with: BytesTests.vcek) ? [1, 2] : nil))
            #expect(table.vlek == nil && table.intermediate == nil && table.root == nil && table.crl == nil)
        }
    }
}
