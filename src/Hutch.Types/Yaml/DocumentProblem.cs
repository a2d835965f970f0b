using System.Globalization;
using Hutch.Model;
using YamlDotNet.Core;

namespace Hutch.Types.Yaml;

/// <summary>Something wrong in a YAML document, and where.</summary>
/// <param name="Line">The line, from 1; 0 for the document as a whole.</param>
/// <param name="Column">The column, from 1; 0 for the document as a whole.</param>
/// <param name="Message">What was found, what is expected, what to do.</param>
public sealed record DocumentProblem(long Line, long Column, string Message)
{
    private const string LineKey = "line";
    private const string ColumnKey = "column";

    /// <summary>A problem at a place that the parser names.</summary>
    public static DocumentProblem At(Mark place, string message) => new(place.Line, place.Column, message);

    /// <summary>What a refusal says, which <see cref="ToError"/> made; any other is about the document as a whole.</summary>
    public static DocumentProblem Of(HutchError error)
    {
        ArgumentNullException.ThrowIfNull(error);
        if (error.Details is not { } details
            || !details.TryGetValue(LineKey, out string? line) || !details.TryGetValue(ColumnKey, out string? column))
        {
            return new DocumentProblem(0, 0, error.Message);
        }

        var place = new DocumentProblem(Number(line), Number(column), "");
        return place with { Message = error.Message[place.ToString().Length..] };
    }

    /// <summary>A refusal with line and column in its words and as facts.</summary>
    public HutchError ToError() => new(
        ErrorCode.Unprocessable,
        ToString(),
        new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [LineKey] = Line.ToString(CultureInfo.InvariantCulture),
            [ColumnKey] = Column.ToString(CultureInfo.InvariantCulture),
        });

    /// <inheritdoc/>
    public override string ToString() => Line == 0 ? Message : FormattableString.Invariant($"line {Line}, column {Column}: {Message}");

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
