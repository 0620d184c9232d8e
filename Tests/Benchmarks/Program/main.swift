import Primitives

let usage = """
    usage: sealgate-bench cryptography [--seconds N]
           sealgate-bench ledger --folder PATH [--writers N] [--seconds N]
           sealgate-bench logins --url URL [--clients N] [--seconds N] [--keep N]
           sealgate-bench signed --url URL [--clients N] [--each N]
           sealgate-bench account --url URL
           sealgate-bench evidence [--seconds N]
           sealgate-bench streams [--certificate FILE --key FILE]

    Measurements that `make bench` puts together. Each prints one line of JSON; `streams` serves until its input ends.

    """

guard let words = Words(Array(CommandLine.arguments.dropFirst())) else { Output.stop(usage, status: 64) }
let seconds = words.number("seconds", otherwise: 3)

do {
    switch words.command {
    case "cryptography":
        Output.say(try CryptographyBaseline.run(seconds: seconds))
    case "ledger":
        guard let folder = words["folder"] else { Output.stop(usage, status: 64) }
        Output.say(
            try await LedgerWriters.run(
                folder: folder, writers: words.number("writers", otherwise: 64), seconds: seconds))
    case "logins":
        guard let url = words["url"] else { Output.stop(usage, status: 64) }
        let load = LoginLoad(kept: words.number("keep", otherwise: 0))
        Output.say(
            try load.run(at: url, clients: words.number("clients", otherwise: 64), seconds: seconds))
    case "signed":
        guard let url = words["url"] else { Output.stop(usage, status: 64) }
        Output.say(
            try SignedLoad().run(
                at: url, clients: words.number("clients", otherwise: 64), each: words.number("each", otherwise: 400)))
    case "account":
        guard let url = words["url"] else { Output.stop(usage, status: 64) }
        Output.say(["token": .string(try Account(at: url).prepare())])
    case "evidence":
        Output.say(try EvidenceJudging.run(seconds: seconds))
    case "streams":
        try await StreamServer.run(certificate: words["certificate"], key: words["key"])
    default: Output.stop(usage, status: 64)
    }
} catch {
    Output.stop("sealgate-bench \(words.command): \(error)\n", status: 1)
}
