import Attestation
import HTTPServer
import HTTPTypes
import Primitives

extension AttestationRoutes {
    /// `GET /api/attestation/build-info`
    var buildInfo: Endpoint {
        Endpoint(
            .get, "/api/attestation/build-info", area: AttestationRoutes.area,
            summary: "What is known of the build that is running.",
            detail: "codeHash is the program's own file; the rest comes from a provenance that names this very hash.",
            access: .anyone,
            answer: .json(
                200,
                .object(
                    [
                        .required("codeHash", .text(upTo: 64), "SHA-256 of the running program, hex."),
                        .required("gitCommit", .nullable(.text(upTo: 64)), "The commit that was built."),
                        .required("buildTime", .nullable(.text(upTo: 40)), "The time of that commit."),
                        .required("dirty", .nullable(.boolean), "Whether the sources differed from it."),
                    ], isOpen: false))
        ) { [sources] _ in .json(sources.build.json) }
    }

    /// `GET /api/attestation/provenance`
    var provenance: Endpoint {
        Endpoint(
            .get, "/api/attestation/provenance", area: AttestationRoutes.area,
            summary: "From which sources and with which tools this program was built.",
            detail: "An in-toto statement (SLSA provenance) in a DSSE envelope, as the build wrote it, and how it "
                + "compares with what runs here. Judge it yourself: `sealgate provenance verify --key FILE`.",
            access: .anyone,
            answer: .json(
                200,
                .object(
                    [
                        .required("found", .boolean, "Whether a provenance lies beside the program."),
                        .required("reason", .nullable(.text(upTo: 400)), "Why there is none."),
                        .required("source", .nullable(.object([], isOpen: true)), "gitCommit and dirty."),
                        .required("verdict", .nullable(.object([], isOpen: true)), "How it compares."),
                        .required("envelope", .nullable(.object([], isOpen: true)), "As the build wrote it."),
                    ], isOpen: false))
        ) { [sources] _ in .json(await sources.provenance()) }
    }
}
