/// `sealgate help`
enum HelpCommand {
    static let text = """
        sealgate - a gateway that holds provider keys and USDC for AI agents

        usage: sealgate COMMAND [options]

          serve [--config FILE]    run the gateway until SIGTERM; the log is JSON lines on standard output
          demo                     run a gateway with a simulated provider and walk the whole journey against it
          config [--config FILE]   every setting, what it does, and what is in force; secrets are not shown
          openapi                  the HTTP interface as an OpenAPI 3.1 document
          verify URL|FILE          judge a gateway's hardware evidence; `sealgate verify --help` says how
          handover URL             take over the root of an instance that runs; `sealgate handover --help` says how
          provenance verify|write  what this program was built from; `sealgate provenance` says how
          release-list sign|verify the releases that may hold a root; `sealgate release-list` says how
          recovery COMMAND         shares of a sealed root secret; `sealgate recovery` says how
          version                  the version
          help                     this text

        Settings come from the environment (SEALGATE_...) and from a file; the environment wins.
        To begin: sealgate demo
        """

    static func run() -> Int32 {
        Terminal.say(text)
        return ExitCode.done
    }
}
