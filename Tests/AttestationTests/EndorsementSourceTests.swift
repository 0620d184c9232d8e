import Foundation
import Primitives
import Testing

@testable import Attestation

@Suite("Endorsements from a folder or the service")
struct EndorsementSourceTests {
    /// A source for the Milan sample, with all that it uses.
    private struct Room {
        let folder: TemporaryFolder
        let fetcher = ScriptedFetcher()
        let clock = ManualClock(Sample.now)
        let sample = Sample.milan

        init() throws {
            folder = try TemporaryFolder()
            let issuers = [try sample.file("intermediate.der"), try sample.file("root.der")]
            fetcher.answer("cert_chain", PEMCertificates.write(issuers))
            fetcher.answer("SPL=", try sample.file("vek.der"))
            fetcher.answer("/crl", try sample.file("current.crl"))
        }

        func source(online: Bool = true) throws -> EndorsementSource {
            EndorsementSource(
                roots: try sample.roots(), folder: folder.path, fetcher: online ? fetcher : nil, clock: clock,
                steady: clock)
        }

        func bare() throws -> Evidence { Evidence(report: try sample.report(), endorsements: Endorsements()) }

        func isTrusted(_ completion: EndorsementSource.Completion) throws -> Bool {
            var policy = try sample.policy()
            policy.revocation = .required
            return Verifier(roots: try sample.roots()).judge(completion.evidence, by: policy, at: clock.now()).isTrusted
        }
    }

    @Test("complete a bare report, and the next start needs no network")
    func complete() async throws {
        let room = try Room()
        let first = await (try room.source()).complete(try room.bare())
        #expect(first.missing == [] && first.retryAt == nil)
        #expect(try room.isTrusted(first))
        #expect(room.fetcher.asked.count == 3)
        #expect(room.folder.files.map { $0.prefix(10) } == ["chain-vcek", "crl-vcek-m", "vcek-milan"])
        let offline = await (try room.source(online: false)).complete(try room.bare())
        #expect(try room.isTrusted(offline))
        #expect(room.fetcher.asked.count == 3)
    }

    @Test("are not looked for when the evidence is complete")
    func completeEvidence() async throws {
        let room = try Room()
        let evidence = try room.sample.evidence()
        let completion = await (try room.source()).complete(evidence)
        #expect(completion.evidence == evidence && completion.missing == [])
        #expect(room.fetcher.asked == [] && room.folder.files == [])
        let unreadable = Evidence(report: [1, 2, 3], endorsements: Endorsements())
        #expect(await (try room.source()).complete(unreadable).evidence == unreadable)
        #expect(room.fetcher.asked == [])
    }

    @Test("that are missing offline are named")
    func offline() async throws {
        let room = try Room()
        let completion = await (try room.source(online: false)).complete(try room.bare())
        #expect(completion.evidence == (try room.bare()))
        #expect(completion.missing.count == 1 && completion.missing[0].contains("nothing is fetched"))
        #expect(completion.retryAt == nil)
    }

    @Test("planted in the folder are removed and fetched anew")
    func planted() async throws {
        let room = try Room()
        _ = await (try room.source()).complete(try room.bare())
        for file in room.folder.files {
            let path = "\(room.folder.path)/\(file)"
            var bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
            bytes[bytes.count / 2] ^= 1
            try Data(bytes).write(to: URL(fileURLWithPath: path))
        }
        let offline = await (try room.source(online: false)).complete(try room.bare())
        #expect(try !room.isTrusted(offline))
        let again = await (try room.source()).complete(try room.bare())
        #expect(try room.isTrusted(again))
        #expect(room.fetcher.asked.count == 6)
    }

    @Test("of another chip, or that the root did not sign, are refused from the service")
    func wrongAnswers() async throws {
        let room = try Room()
        room.fetcher.answer("SPL=", try Sample.turin.file("vek.der"))
        room.fetcher.answer("/crl", try room.sample.file("other-signer.crl"))
        let completion = await (try room.source()).complete(try room.bare())
        #expect(completion.evidence.endorsements.vek == nil && completion.evidence.endorsements.crl == nil)
        #expect(completion.missing.count == 2 && completion.missing.allSatisfy { $0.contains("something else") })
        #expect(completion.retryAt == Sample.now.adding(seconds: FetchSchedule.refusalSeconds))
        #expect(room.folder.files.count == 1)
    }

    @Test("are fetched once, however many ask at the same time")
    func together() async throws {
        let room = try Room()
        let source = try room.source()
        let bare = try room.bare()
        let all = await withTaskGroup(of: EndorsementSource.Completion.self) { group in
            for _ in 0..<8 { group.addTask { await source.complete(bare) } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(all.count == 8)
        for completion in all { #expect(try room.isTrusted(completion)) }
        #expect(room.fetcher.asked.count == 3)
    }

    @Test("that are at hand answer at once while the service hangs, and what is not is named")
    func impatience() async throws {
        let room = try Room()
        _ = await (try room.source()).complete(try room.bare())
        for part in ["cert_chain", "SPL=", "/crl"] { room.fetcher.block(part) }
        // Its list was never fetched by this process: it would look for a newer one.
        let kept = await (try room.source()).complete(try room.bare(), .takesWhatIsThere)
        #expect(kept.missing == [])
        #expect(try room.isTrusted(kept))
        let empty = try Room()
        empty.fetcher.block("cert_chain")
        let none = await (try empty.source()).complete(try empty.bare(), .takesWhatIsThere)
        #expect(none.missing == ["the intermediate: it is being fetched"])
        #expect(none.retryAt == Sample.now.adding(seconds: EndorsementSource.backgroundSeconds))
    }

    @Test("that nobody waits for are there the next time, and the service's own pauses are kept")
    func background() async throws {
        let room = try Room()
        room.fetcher.answer("SPL=", [], status: 429, retryAfter: 90)
        let source = try room.source()
        var completion = await source.complete(try room.bare(), .takesWhatIsThere)
        #expect(completion.missing == ["the intermediate: it is being fetched"])
        // Waiting for what is fetched already asks for it only once.
        _ = await source.complete(try room.bare())
        #expect(room.fetcher.asked.filter { $0.contains("cert_chain") }.count == 1)
        let asked = room.fetcher.asked.count
        completion = await source.complete(try room.bare(), .takesWhatIsThere)
        #expect(completion.evidence.endorsements.intermediate != nil)
        #expect(completion.retryAt == Sample.now.adding(seconds: 90))
        #expect(room.fetcher.asked.count == asked, "nobody is asked before the pause is over")
    }

    @Test("wait as long as the service asks")
    func retryAfter() async throws {
        let room = try Room()
        let source = try room.source()
        room.fetcher.answer("SPL=", [], status: 429, retryAfter: 90)
        let first = await source.complete(try room.bare())
        #expect(first.retryAt == Sample.now.adding(seconds: 90))
        room.fetcher.answer("SPL=", try room.sample.file("vek.der"))
        room.clock.advance(seconds: 89)
        let asked = room.fetcher.asked.count
        #expect(await source.complete(try room.bare()).evidence.endorsements.vek == nil)
        #expect(room.fetcher.asked.count == asked)
        room.clock.advance(seconds: 1)
        #expect(try room.isTrusted(await source.complete(try room.bare())))
    }

    @Test("survive the service's outage while the folder has them")
    func outage() async throws {
        let room = try Room()
        _ = await (try room.source()).complete(try room.bare())
        for part in ["cert_chain", "SPL=", "/crl"] { room.fetcher.fail(part) }
        let source = try room.source()
        #expect(try room.isTrusted(await source.complete(try room.bare())))
        #expect(room.fetcher.asked.count == 4)
        #expect(try room.isTrusted(await source.complete(try room.bare())))
        #expect(room.fetcher.asked.count == 4)
    }

    @Test("bring a new revocation list each day, and never an older one")
    func freshLists() async throws {
        let room = try Room()
        let source = try room.source()
        _ = await source.complete(try room.bare())
        room.clock.advance(seconds: EndorsementSource.listRefreshSeconds - 1)
        _ = await source.complete(try room.bare())
        #expect(room.fetcher.asked.count == 3)
        room.clock.advance(seconds: 1)
        room.fetcher.answer("/crl", try room.sample.file("expired.crl"))
        let next = await source.complete(try room.bare())
        #expect(room.fetcher.asked.count == 4)
        #expect(next.evidence.endorsements.crl == (try room.sample.file("current.crl")))
        #expect(try room.isTrusted(next))
        // A newer one in the folder also takes the place of an older one in the evidence.
        var evidence = try room.sample.evidence()
        evidence.endorsements.crl = try room.sample.file("expired.crl")
        #expect(try room.isTrusted(await source.complete(evidence)))
    }

    @Test("are asked for by the addresses that AMD documents")
    func addresses() throws {
        let milan = try Report(try Sample.milan.report())
        let request = try #require(EndorsementRequest.vcek(of: milan, .milan))
        #expect(
            request.target
                == "/vcek/v1/Milan/\(Hex.encode(milan.chipID))?blSPL=4&teeSPL=0&snpSPL=24&ucodeSPL=219")
        let turin = try Report(try Sample.turin.report())
        #expect(
            EndorsementRequest.vcek(of: turin, .turin)?.target
                == "/vcek/v1/Turin/e0d5c9baa9c42dd9?fmcSPL=1&blSPL=1&teeSPL=1&snpSPL=4&ucodeSPL=81")
        #expect(EndorsementRequest.vcek(of: try Report(try Sample.vlek.report()), .milan) == nil)
        #expect(EndorsementRequest.chain(.genoa, .vcek).target == "/vcek/v1/Genoa/cert_chain")
        #expect(EndorsementRequest.chain(.genoa, .vlek).target == "/vlek/v1/Genoa/cert_chain")
        #expect(EndorsementRequest.revocationList(.turin, .vlek).target == "/vlek/v1/Turin/crl")
        #expect(EndorsementRequest.revocationList(.turin, .vcek).target == "/vcek/v1/Turin/crl")
    }

    @Test("of chips that differ in the FMC alone have files of their own")
    func fileNames() throws {
        let names = [UInt8(0), 1].map { fmc in
            let tcb = TCBVersion(fmc: fmc, bootloader: 1, tee: 1, snp: 4, microcode: 81, layout: .turin)
            return EndorsementRequest.vcek(.turin, chipID: [1, 2, 3, 4, 5, 6, 7, 8], tcb).fileName
        }
        #expect(Set(names).count == 2)
        #expect(names.allSatisfy { !$0.contains("/") && $0.utf8.count < 255 })
    }
}

@Suite("The endorsement folder")
struct EndorsementCacheTests {
    private static let request = EndorsementRequest.chain(.genoa, .vcek)

    @Test("keeps files whole, for their owner only")
    func keep() throws {
        let folder = try TemporaryFolder()
        let cache = EndorsementCache(folder: folder.path)
        #expect(cache.content(for: EndorsementCacheTests.request) == nil)
        cache.keep([1, 2, 3], for: EndorsementCacheTests.request)
        cache.keep([4, 5], for: EndorsementCacheTests.request)
        #expect(cache.content(for: EndorsementCacheTests.request) == [4, 5])
        #expect(folder.files == ["chain-vcek-genoa.pem"])
        let mode = try FileManager.default.attributesOfItem(atPath: "\(folder.path)/\(folder.files[0])")[
            .posixPermissions]
        #expect(mode as? Int == 0o600)
        cache.remove(EndorsementCacheTests.request)
        #expect(folder.files == [])
    }

    @Test("takes and gives nothing above its limit, and follows no link")
    func limits() throws {
        let folder = try TemporaryFolder()
        let cache = EndorsementCache(folder: folder.path)
        let limit = EndorsementRequest.maximumAnswerBytes
        cache.keep([UInt8](repeating: 1, count: limit + 1), for: EndorsementCacheTests.request)
        #expect(folder.files == [])
        let path = "\(folder.path)/chain-vcek-genoa.pem"
        try Data([UInt8](repeating: 1, count: limit + 1)).write(to: URL(fileURLWithPath: path))
        #expect(cache.content(for: EndorsementCacheTests.request) == nil)
        cache.keep([UInt8](repeating: 1, count: limit), for: EndorsementCacheTests.request)
        #expect(cache.content(for: EndorsementCacheTests.request)?.count == limit)
        try FileManager.default.moveItem(atPath: path, toPath: "\(folder.path)/elsewhere")
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "\(folder.path)/elsewhere")
        #expect(cache.content(for: EndorsementCacheTests.request) == nil)
    }

    @Test("that does not exist costs nothing but the fetch")
    func absent() {
        let cache = EndorsementCache(folder: "/nowhere/at-all")
        cache.keep([1], for: EndorsementCacheTests.request)
        #expect(cache.content(for: EndorsementCacheTests.request) == nil)
    }

    @Test("reads PEM strictly")
    func pem() throws {
        let certificates = [try Sample.milan.file("intermediate.der"), try Sample.milan.file("root.der")]
        let text = PEMCertificates.write(certificates)
        #expect(PEMCertificates.read(text) == certificates)
        #expect(PEMCertificates.read(text.flatMap { $0 == 0x0A ? [0x0D, 0x0A] : [$0] }) == certificates)
        #expect(PEMCertificates.read([]) == nil)
        #expect(PEMCertificates.read(Array("hello\n".utf8) + text) == nil)
        #expect(PEMCertificates.read(Array(text.dropLast(10))) == nil)
        #expect(PEMCertificates.read(text + text + text) == nil)
        for place in stride(from: 0, to: text.count, by: 7) where text[place] != 0x0A {
            var changed = text
            changed[place] = UInt8(ascii: "!")
            #expect(PEMCertificates.read(changed) == nil, "byte \(place)")
        }
    }
}
