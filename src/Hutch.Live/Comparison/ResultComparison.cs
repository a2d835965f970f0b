using System.Globalization;
using System.Text.Json;
using Hutch.Model;
using Hutch.Model.Contracts;

namespace Hutch.Live.Comparison;

/// <summary>What was found when the results of another pipeline were compared with those of a run.</summary>
/// <param name="Rows">Rows of the other pipeline.</param>
/// <param name="Equal">Those that the run has with the same values.</param>
/// <param name="Different">What differs: frame, column and both values, the first <see cref="MaxNamed"/>.</param>
/// <param name="Missing">Frames that only one of them has.</param>
public sealed record ResultComparison(long Rows, long Equal, IReadOnlyList<string> Different, IReadOnlyList<long> Missing)
{
    /// <summary>The most differences that are named.</summary>
    public const int MaxNamed = 100;

    /// <summary>How far two numbers may be apart, as a part of the larger: two programs wrote them as text.</summary>
    public const double Tolerance = 1e-6;

    private const string FrameColumn = "file-number";

    /// <summary>Whether both have rows for the same frames with the same values, and at least one.</summary>
    public bool AreEqual => Rows > 0 && Equal == Rows && Missing.Count == 0;

    /// <summary>
    /// Reads the rows of another pipeline: CSV with a line of names, or JSON lines. A row has <c>file-number</c>; other columns are
    /// compared under their names, and those that the run does not have are passed over.
    /// </summary>
    public static Result<IReadOnlyDictionary<long, IReadOnlyDictionary<string, string>>> Read(IEnumerable<string> lines)
    {
        ArgumentNullException.ThrowIfNull(lines);
        var rows = new Dictionary<long, IReadOnlyDictionary<string, string>>();
        string[]? names = null;
        int number = 0;
        foreach (string line in lines)
        {
            number++;
            if (string.IsNullOrWhiteSpace(line))
            {
                continue;
            }

            if (names is null && !line.StartsWith('{'))
            {
                names = [.. line.Split(',').Select(name => name.Trim().Trim('"'))];
                continue;
            }

            Dictionary<string, string>? row = names is null ? ReadJson(line) : ReadValues(names, line);
            if (row is null || !row.Remove(FrameColumn, out string? text)
                || !long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long frame))
            {
                return ErrorCode.InvalidBody.With(string.Create(
                    CultureInfo.InvariantCulture, $"Line {number} of the results is no row with the number of a frame, '{FrameColumn}'."));
            }

            rows[frame] = row;
        }

        return rows;
    }

    /// <summary>Compares rows of another pipeline with those of a run.</summary>
    public static ResultComparison Compare(
        IReadOnlyDictionary<long, IReadOnlyDictionary<string, string>> others, IReadOnlyDictionary<long, ResultRow> run)
    {
        ArgumentNullException.ThrowIfNull(others);
        ArgumentNullException.ThrowIfNull(run);
        var different = new List<string>();
        long equal = 0;
        foreach ((long frame, IReadOnlyDictionary<string, string> values) in others.OrderBy(row => row.Key))
        {
            if (!run.TryGetValue(frame, out ResultRow? row))
            {
                continue;
            }

            string? difference = values.Select(value => Difference(row, value.Key, value.Value)).FirstOrDefault(found => found is not null);
            equal += difference is null ? 1 : 0;
            if (difference is not null && different.Count < MaxNamed)
            {
                different.Add(string.Create(CultureInfo.InvariantCulture, $"{frame}: {difference}"));
            }
        }

        long[] missing = [.. others.Keys.Except(run.Keys).Concat(run.Keys.Except(others.Keys)).Order()];
        return new ResultComparison(others.Count, equal, different, missing);
    }

    private static string? Difference(ResultRow row, string column, string text)
    {
        if (row.Error is { } error)
        {
            return error;
        }

        if (row.Values is null || !row.Values.TryGetValue(column, out JsonElement value))
        {
            return null;
        }

        string own = value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
        bool isSame = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double there)
            && double.TryParse(own, NumberStyles.Float, CultureInfo.InvariantCulture, out double here)
            ? Math.Abs(there - here) <= Tolerance * Math.Max(Math.Abs(there), Math.Abs(here))
            : own == text;
        return isSame ? null : $"{column} is {Display.Name(text)}, and {Display.Name(own)} here";
    }

    private static Dictionary<string, string>? ReadValues(string[] names, string line)
    {
        string[] values = line.Split(',');
        return values.Length != names.Length || names.Distinct(StringComparer.Ordinal).Count() != names.Length
            ? null
            : names.Zip(values).ToDictionary(pair => pair.First, pair => pair.Second.Trim().Trim('"'), StringComparer.Ordinal);
    }

    private static Dictionary<string, string>? ReadJson(string line)
    {
        try
        {
            JsonElement row = JsonElement.Parse(line);
            return row.ValueKind != JsonValueKind.Object ? null : row.EnumerateObject().ToDictionary(
                member => member.Name,
                member => member.Value.ValueKind == JsonValueKind.String ? member.Value.GetString()! : member.Value.GetRawText(),
                StringComparer.Ordinal);
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            return null;
        }
    }
}
