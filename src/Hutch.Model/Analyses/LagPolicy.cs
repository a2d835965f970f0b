namespace Hutch.Model.Analyses;

/// <summary>
/// The policy of a run that follows its input, for frames that arrive faster than they are analysed: keep all, keep the newest, or keep
/// every n-th. Written <c>all</c>, <c>newest</c> or <c>every:N</c>. While the workers keep up, every frame is analysed under any policy.
/// </summary>
public readonly record struct LagPolicy
{
    /// <summary>The largest N of <c>every:N</c>.</summary>
    public const int MaxStep = 10_000;

    private const string EveryPrefix = "every:";

    private LagPolicy(bool isNewest, int step) => (IsNewest, Step) = (isNewest, step);

    /// <summary>Every frame waits until it is analysed: the default.</summary>
    public static LagPolicy All { get; }

    /// <summary>The newest frame is next; the oldest waiting frame is skipped.</summary>
    public static LagPolicy Newest { get; } = new(isNewest: true, 0);

    /// <summary>True if the newest frame is next.</summary>
    public bool IsNewest { get; }

    /// <summary>N of <c>every:N</c>; 0 for the others.</summary>
    public int Step { get; }

    /// <summary>True if the policy can skip frames.</summary>
    public bool MaySkip => this != All;

    /// <summary>Returns true if a frame is never skipped. With <c>every:N</c>, these are frames 1, N+1, 2N+1 and so on.</summary>
    public bool AlwaysAnalyses(int frame) => !MaySkip || (Step > 0 && (frame - 1) % Step == 0);

    /// <summary>Parses the text of <see cref="ToString"/>.</summary>
    public static Result<LagPolicy> Parse(string text)
    {
        return text switch
        {
            "all" => All,
            "newest" => Newest,
            _ when text.StartsWith(EveryPrefix, StringComparison.Ordinal)
                && int.TryParse(text.AsSpan(EveryPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int step)
                && step is > 1 and <= MaxStep => new LagPolicy(isNewest: false, step),
            _ => ErrorCode.Unprocessable.With(
                $"{Display.Quote(text)} does not say what to do when frames come faster than they are analysed: use 'all', 'newest', or "
                + $"'every:N' with N from 2 to {MaxStep}, such as 'every:10'."),
        };
    }

    public override string ToString() =>
        IsNewest ? "newest" : Step > 0 ? EveryPrefix + Step.ToString(CultureInfo.InvariantCulture) : "all";
}
