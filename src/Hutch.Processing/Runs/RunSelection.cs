namespace Hutch.Processing.Runs;

/// <summary>The frames of its input that a run analyses. Kept among its parameters, which omit the defaults.</summary>
public static class RunSelection
{
    /// <summary>The parameter with the policy for frames that come faster than they are analysed.</summary>
    public const string WhenBehind = "whenBehind";

    /// <summary>The parameter that names another run: only frames without a row in that one are analysed.</summary>
    public const string MissingFrom = "missingFrom";

    public static LagPolicy Policy(RunDescription run) =>
        RunParameter.Text(run, WhenBehind) is { } text && LagPolicy.Parse(text).TryGet(out LagPolicy policy, out _)
            ? policy
            : LagPolicy.All;

    /// <summary>Returns the run whose missing frames are analysed; null for all frames.</summary>
    public static Guid? Earlier(RunDescription run) =>
        Guid.TryParse(RunParameter.Text(run, MissingFrom), out Guid earlier) ? earlier : null;
}
