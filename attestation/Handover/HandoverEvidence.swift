import Primitives

/// A report and AMD's certificates as they stand in a message of a hand-over: base64 of the bytes.
enum HandoverEvidence {
    static let names: Set = ["report", "endorsements"]
    /// AMD's certificates have some 1,400 bytes, its lists below a thousand.
    private static let maximumCertificateBytes = 8 << 10
    private static let certificateNames: Set = ["vek", "intermediate", "root", "crl"]

    static func members(_ evidence: Evidence) -> [JSON.Member] {
        let known = evidence.endorsements
        func text(_ der: [UInt8]?) -> JSON { der.map { .string(Base64.encode($0)) } ?? .null }
        return [
            JSON.Member("report", .string(Base64.encode(evidence.report))),
            JSON.Member(
                "endorsements",
                [
                    "vek": text(known.vek), "intermediate": text(known.intermediate), "root": text(known.root),
                    "crl": text(known.crl),
                ]),
        ]
    }

    static func read(_ form: HandoverForm) -> Evidence? {
        guard let report = form.base64("report", upTo: Report.byteCount),
            let inner = HandoverForm(form.value("endorsements"), certificateNames)
        else { return nil }
        func der(_ name: String) -> [UInt8]?? {
            inner.optional(name) { inner.base64($0, upTo: maximumCertificateBytes) }
        }
        guard let vek = der("vek"), let intermediate = der("intermediate"), let root = der("root"),
            let crl = der("crl")
        else { return nil }
        return Evidence(
            report: report,
            endorsements: Endorsements(vek: vek, intermediate: intermediate, root: root, crl: crl))
    }
}
