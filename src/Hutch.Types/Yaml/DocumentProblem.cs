namespace Hutch.Types.Yaml;

/// <summary>Something wrong in a YAML document, and where.</summary>
/// <param name="Line">The line, from 1.</param>
/// <param name="Column">The column, from 1.</param>
/// <param name="Message">What was found, what is expected, what to do.</param>
public sealed record DocumentProblem(long Line, long Column, string Message)
{
    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"line {Line}, column {Column}: {Message}");
}
