public import Primitives

/// The most that a provider call can cost, known before it is sent; what is held.
///
/// Why it is a bound. A token covers at least one byte of text, and `requestBytes` counts every byte of it and what
/// frames each message, so the text is at most that many tokens; an image is at most `tokensPerImage`; what the
/// provider adds on its own (its tool prompt) at most `providerPromptTokens`. Each of those tokens is priced as the
/// dearest class of input, each output token up to `max_tokens` at the output rate, in the dearest of the tiers that so
/// many input tokens can reach. The charge grows with each of these, so no usage within them costs more. A test draws
/// usages against it for every model.
public struct HoldBound: Hashable, Sendable {
    /// More than any provider bills for one image: 14,400 tokens was the highest found in 2026 (a 12-megapixel photo),
    /// 4,800 on Claude.
    public static let tokensPerImage: Int64 = 16_384
    /// More than any provider adds by itself: the longest published tool prompt has 530 tokens.
    public static let providerPromptTokens: Int64 = 1_024
    /// An answer cut shorter than this is not worth its input: with less money than that, the call is refused.
    public static let minimumOutputTokens: Int64 = 256

    /// What every such call may cost, whatever it answers, in hundredths of a pico-USD.
    private let fixed: Int128
    /// What each output token adds, in hundredths of a pico-USD.
    private let perOutputToken: Int128
    /// The model's own limit.
    private let maxOutput: Int64

    /// The bound for one request.
    /// - Parameters:
    ///   - price: the model's prices.
    ///   - plan: whose key the call runs on.
    ///   - requestBytes: an upper bound of the tokens of the request, images aside: the bytes of its text, and for each
    ///     message at least the tokens that the provider puts around it.
    ///   - images: how many images the request carries.
    ///   - maximumToolCalls: how many tool calls can be charged with this provider call.
    /// - Precondition: none is negative, and bytes and images make at most `Usage.maximumTokens` tokens (bodies are
    ///   limited far below).
    public init(price: ModelPrice, plan: PaymentPlan, requestBytes: Int, images: Int = 0, maximumToolCalls: Int = 0) {
        precondition(requestBytes >= 0 && images >= 0 && maximumToolCalls >= 0, "counts cannot be negative")
        let inputTokens =
            Int128(requestBytes) + Int128(images) * Int128(HoldBound.tokensPerImage)
            + Int128(HoldBound.providerPromptTokens)
        precondition(inputTokens <= Int128(Usage.maximumTokens), "the request is longer than any model takes")
        let reachable = price.reachableRates(inputSideAtMost: Int64(inputTokens))
        let percent = Int128(plan.percentOfList)
        let dearestInput = reachable.map(\.dearestInput).max() ?? 0
        let dearestOutput = reachable.map(\.output).max() ?? 0
        fixed = inputTokens * Int128(dearestInput) * percent + Charge.exactToolFee(Int64(maximumToolCalls))
        perOutputToken = Int128(dearestOutput) * percent
        maxOutput = price.maxOutput
    }

    /// The bound when `max_tokens` is `outputTokens`.
    /// - Precondition: 0...`Usage.maximumTokens`.
    public func amount(outputTokens: Int64) -> MicroUSDC {
        precondition((0...Usage.maximumTokens).contains(outputTokens), "an impossible max_tokens")
        return MicroUSDC(Int64(Charge.roundedUp(fixed + Int128(outputTokens) * perOutputToken)))
    }

    /// The `max_tokens` to send: what was asked for, cut to what the model can write and to what `available` pays for.
    /// - Throws: `InsufficientFunds` if the balance does not pay for `minimumOutputTokens` (or for the request, if that
    ///   is less), naming what would be needed.
    public func affordableOutputTokens(available: MicroUSDC, requested: Int64) throws(InsufficientFunds) -> Int64 {
        let wanted = min(max(1, requested), maxOutput)
        let left = Int128(available.rawValue) * Charge.centipicoPerMicro - fixed
        let paid = perOutputToken > 0 ? left / perOutputToken : Int128(wanted)
        let affordable = left < 0 ? 0 : Int64(min(paid, Int128(wanted)))
        let least = min(wanted, HoldBound.minimumOutputTokens)
        guard affordable >= least else {
            throw InsufficientFunds(available: available, needed: amount(outputTokens: least))
        }
        return affordable
    }
}
