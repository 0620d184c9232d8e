/// Security versions of a platform's parts, laid out by product.
package struct FixtureTCB: Hashable, Sendable {
    package var fmc: UInt8
    package var bootloader: UInt8
    package var tee: UInt8
    package var snp: UInt8
    package var microcode: UInt8

    package init(fmc: UInt8 = 0, bootloader: UInt8, tee: UInt8, snp: UInt8, microcode: UInt8) {
        self.fmc = fmc
        self.bootloader = bootloader
        self.tee = tee
        self.snp = snp
        self.microcode = microcode
    }

    /// What a well-kept machine of the product runs.
    package static func current(_ product: FixtureProduct) -> FixtureTCB {
        switch product {
        case .milan: FixtureTCB(bootloader: 4, tee: 0, snp: 27, microcode: 222)
        case .genoa: FixtureTCB(bootloader: 10, tee: 0, snp: 27, microcode: 88)
        case .siena: FixtureTCB(bootloader: 10, tee: 0, snp: 27, microcode: 27)
        case .turin: FixtureTCB(fmc: 1, bootloader: 1, tee: 1, snp: 4, microcode: 81)
        }
    }

    /// The eight bytes of TCB_VERSION.
    package func bytes(_ product: FixtureProduct) -> [UInt8] {
        product.hasFMC
            ? [fmc, bootloader, tee, snp, 0, 0, 0, microcode] : [bootloader, tee, 0, 0, 0, 0, snp, microcode]
    }

    /// Whether no part is above the same part of `other`.
    package func isAtMost(_ other: FixtureTCB) -> Bool {
        fmc <= other.fmc && bootloader <= other.bootloader && tee <= other.tee && snp <= other.snp
            && microcode <= other.microcode
    }
}
