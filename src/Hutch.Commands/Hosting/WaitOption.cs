using System.CommandLine.Parsing;

namespace Hutch.Commands.Hosting;

/// <summary>The option of verbs that move data: how long they wait for a server that is away.</summary>
internal static class WaitOption
{
    internal static readonly Option<TimeSpan> Brief = Create(TimeSpan.FromMinutes(2), "2m");

    /// <summary>For results of a long computation.</summary>
    internal static readonly Option<TimeSpan> Long = Create(TimeSpan.FromMinutes(10), "10m");

    /// <summary>The wait of the verb; zero for one without the option.</summary>
    internal static TimeSpan Of(ParseResult parsed) =>
        parsed.GetResult(Brief) is not null ? parsed.GetValue(Brief)
        : parsed.GetResult(Long) is not null ? parsed.GetValue(Long)
        : TimeSpan.Zero;

    private static Option<TimeSpan> Create(TimeSpan value, string text) => new("--wait")
    {
        Description = $"Wait this long for a server that is away; 0: fail at once (default: {text}).",
        HelpName = "TIME",
        CustomParser = Parse,
        DefaultValueFactory = _ => value,
    };

    private static TimeSpan Parse(ArgumentResult result) =>
        result.Tokens is [{ Value: "0" }] ? TimeSpan.Zero : Durations.Parse(result) ?? TimeSpan.Zero;
}
