namespace Hutch.Capture.Comparison;

/// <summary>The result of comparing the results of another pipeline with those of a run.</summary>
/// <param name="Different">The differences: frame, column and both values, the first <see cref="MaxNamed"/>.</param>
/// <param name="Missing">Frames that only one of them has.</param>
/// <param name="Columns">The columns that were compared: those that both have.</param>
/// <param name="OtherColumns">Columns of the other pipeline that the run does not have; they are not compared.</param>
public sealed record ResultComparison(
    long Rows, long Equal, IReadOnlyList<string> Different, IReadOnlyList<long> Missing, IReadOnlyList<string> Columns,
    IReadOnlyList<string> OtherColumns)
{
    public const int MaxNamed = 100;

    /// <summary>The largest difference of two numbers, as a part of the larger: two programs wrote them as text.</summary>
    public const double Tolerance = 1e-6;

    private const string FrameColumn = "file-number";

    /// <summary>True if both have rows for the same frames with the same values, and at least one row and one column to compare.</summary>
    public bool AreEqual => Rows > 0 && Columns.Count > 0 && Equal == Rows && Missing.Count == 0;

    /// <summary>
    /// Reads the rows of another pipeline: CSV with a line of names, or JSON lines. A row has <c>file-number</c>; other columns are
    /// compared under their names.
    /// </summary>
    public static Result<IReadOnlyDictionary<long, IReadOnlyDictionary<string, string>>> Read(IEnumerable<string> lines)
    {
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

    public static ResultComparison Compare(
        IReadOnlyDictionary<long, IReadOnlyDictionary<string, string>> others, IReadOnlyDictionary<long, ResultRow> run)
    {
        HashSet<string> known = [.. run.Values.SelectMany(row => row.Values is { } own ? own.Keys.AsEnumerable() : [])];
        ILookup<bool, string> columns = others.Values.SelectMany(row => row.Keys).Distinct().ToLookup(known.Contains);
        var different = new List<string>();
        long equal = 0;
        foreach ((long frame, IReadOnlyDictionary<string, string> values) in others.OrderBy(row => row.Key))
        {
            if (!run.TryGetValue(frame, out ResultRow? row))
            {
                continue;
            }

            string? difference = row.Error
                ?? columns[true].Select(column => Difference(row, column, values)).FirstOrDefault(found => found is not null);
            equal += difference is null ? 1 : 0;
            if (difference is not null && different.Count < MaxNamed)
            {
                different.Add(string.Create(CultureInfo.InvariantCulture, $"{frame}: {difference}"));
            }
        }

        long[] missing = [.. others.Keys.Except(run.Keys).Concat(run.Keys.Except(others.Keys)).Order()];
        return new ResultComparison(others.Count, equal, different, missing, [.. columns[true]], [.. columns[false]]);
    }

    private static string? Difference(ResultRow row, string column, IReadOnlyDictionary<string, string> values)
    {
        string? there = values.GetValueOrDefault(column);
        string? here = row.Values is { } own && own.TryGetValue(column, out JsonElement value) ? Text(value) : null;
        return IsSame(there, here) ? null : $"{column} is {Shown(there)}, and {Shown(here)} here";

        static string Shown(string? text) => text is null ? "missing" : Display.Name(text);
    }

    private static bool IsSame(string? there, string? here) =>
        double.TryParse(there, NumberStyles.Float, CultureInfo.InvariantCulture, out double one)
        && double.TryParse(here, NumberStyles.Float, CultureInfo.InvariantCulture, out double other)
            ? Math.Abs(one - other) <= Tolerance * Math.Max(Math.Abs(one), Math.Abs(other))
            : there == here;

    /// <summary>As CSV has it: no value is an empty text.</summary>
    private static string Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Null => "",
        _ => value.GetRawText(),
    };

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
                member => Text(member.Value),
                StringComparer.Ordinal);
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            return null;
        }
    }
}
