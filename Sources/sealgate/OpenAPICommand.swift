import Gateway

/// `sealgate openapi`
enum OpenAPICommand {
    static func run(_ words: [String]) async -> Int32 {
        guard words.isEmpty else {
            Terminal.complain("sealgate: openapi takes no options.")
            return ExitCode.usage
        }
        do {
            Terminal.piece(try await GatewayDescription.openAPIText())
            return ExitCode.done
        } catch {
            Terminal.complain("sealgate: \(error)")
            return ExitCode.failed
        }
    }
}
