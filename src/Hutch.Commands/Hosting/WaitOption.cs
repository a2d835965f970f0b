namespace Hutch.Commands.Hosting;

/// <summary>The option of verbs that move data: how long they wait for a server that is away.</summary>
internal static class WaitOption
{
    private const int BriefMinutes = 2;
    private const int LongMinutes = 10;

    internal static readonly Option<TimeSpan?> Brief = Create(BriefMinutes);

    /// <summary>For results of a long computation.</summary>
    internal static readonly Option<TimeSpan?> Long = Create(LongMinutes);

    /// <summary>The wait of the verb; zero for one without the option.</summary>
    internal static TimeSpan Of(ParseResult parsed)
    {
        IList<Option> options = parsed.CommandResult.Command.Options;
        return options.Contains(Brief) ? parsed.GetValue(Brief) ?? TimeSpan.FromMinutes(BriefMinutes)
            : options.Contains(Long) ? parsed.GetValue(Long) ?? TimeSpan.FromMinutes(LongMinutes)
            : TimeSpan.Zero;
    }

    private static Option<TimeSpan?> Create(int minutes) => new("--wait")
    {
        Description = $"Wait this long for a server that is away; 0: fail at once (default: {minutes}m).",
        HelpName = "TIME",
        CustomParser = static result => result.Tokens is [{ Value: "0" }] ? TimeSpan.Zero : Durations.Parse(result),
    };
}
