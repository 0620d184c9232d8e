public import HTTPServer
import HTTPTypes
import Primitives

extension AttestationRoutes {
    /// The TLS key is none of this start, so nobody signs a request with it.
    public static let tlsKeyNotInside = APIError.Kind(
        404, "tls_key_not_inside", "This instance did not make its TLS key itself, so there is no request for one.")

    private static let requestType = "application/pkcs10"

    /// `GET /api/attestation/tls`, `GET /api/attestation/tls/csr`. `certificateRequest` is PEM text, nil unless the key
    /// was made inside.
    public static func tlsEndpoints(identity: TLSIdentity, certificateRequest: [UInt8]?) -> [Endpoint] {
        let shown: JSON = [
            "tlsKeySource": .string(name(of: identity.source)),
            "spkiSHA256": identity.spkiSHA256.map { .string(Hex.encode($0)) } ?? .null,
        ]
        return [
            Endpoint(
                .get, "/api/attestation/tls", area: "Attestation", summary: "The TLS key in use, by its hash.",
                detail: "Compare the hash with that of the certificate your connection was shown. Over a connection "
                    + "that somebody else ends, the two differ.",
                access: .anyone, answer: .json(200, tlsSchema)
            ) { _ in .json(shown) },
            Endpoint(
                .get, "/api/attestation/tls/csr", area: "Attestation",
                summary: "A certificate request (PKCS#10, PEM) for the TLS key made at this start.",
                detail: "An authority signs it, and the operator puts the certificate where the instance looks for it. "
                    + "The key ends with the process, and the certificate's use with it.",
                access: .anyone, answer: .text(contentType: requestType), errors: [tlsKeyNotInside]
            ) { _ in
                guard let certificateRequest else { throw APIError(tlsKeyNotInside) }
                return Response(200, fields: ["Content-Type": requestType], content: .bytes(certificateRequest))
            },
        ]
    }

    private static func name(of source: TLSIdentity.Source) -> String {
        switch source {
        case .none: "none"
        case .file: "tls_file"
        case .inside: "born_at_start"
        }
    }

    private static let tlsSchema = Schema.object(
        [
            .required(
                "tlsKeySource", .choice(["none", "tls_file", "born_at_start"]),
                "Where the key comes from: only one that was born at this start is held by nobody else."),
            .required(
                "spkiSHA256", .nullable(.text(upTo: 64)),
                "SHA-256 of the DER of the certificate's SubjectPublicKeyInfo, hex; null without TLS."),
        ], isOpen: false)
}
