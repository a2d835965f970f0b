namespace Hutch.Types.Yaml;

/// <param name="Line">The line, from 1; 0 for the whole document.</param>
/// <param name="Column">The column, from 1; 0 for the whole document.</param>
public sealed record DocumentProblem(long Line, long Column, string Message)
{
    private const string LineKey = "line";
    private const string ColumnKey = "column";

    public static DocumentProblem At(Mark position, string message) => new(position.Line, position.Column, message);

    /// <summary>Returns the problem of an error from <see cref="ToError"/>. Any other error concerns the whole document.</summary>
    public static DocumentProblem From(HutchError error)
    {
        if (error.Details is not { } details
            || !details.TryGetValue(LineKey, out string? line) || !details.TryGetValue(ColumnKey, out string? column))
        {
            return new DocumentProblem(0, 0, error.Message);
        }

        var position = new DocumentProblem(Number(line), Number(column), "");
        return position with { Message = error.Message[position.ToString().Length..] };
    }

    /// <summary>Returns an error with line and column in its message and in its details.</summary>
    public HutchError ToError() => new(
        ErrorCode.Unprocessable,
        ToString(),
        new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [LineKey] = Line.ToString(CultureInfo.InvariantCulture),
            [ColumnKey] = Column.ToString(CultureInfo.InvariantCulture),
        });

    public override string ToString() => Line == 0 ? Message : FormattableString.Invariant($"line {Line}, column {Column}: {Message}");

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
