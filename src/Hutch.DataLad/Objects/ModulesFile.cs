namespace Hutch.DataLad.Objects;

/// <summary>
/// Reads a <c>.gitmodules</c>: its subdatasets, and whether it could harm a client that clones it. git's fsck (gitmodulesName, -Url, -Path,
/// -Update) refuses a name that leads out of the repository, an address or a path that a program takes for an option, a command in place
/// of an address, and a line end in an address (CVE-2018-11235, -17456, 2020-5260). This refuses a little more, as it does not distinguish
/// the keys.
/// </summary>
internal static class ModulesFile
{
    public const int MaxBytes = Subdataset.MaxListBytes;

    /// <summary>The beginning of an address that is relative to that of the superdataset.</summary>
    private const string Here = "./";

    /// <summary>Returns true if clients may receive it.</summary>
    public static bool IsHarmless(ReadOnlySpan<byte> content)
    {
        if (content.Length > MaxBytes)
        {
            return false;
        }

        // Quotes do not change whether a value begins with a dash, and a backslash at the end of a line joins it with the next.
        string plain = Encoding.Latin1.GetString(content).Replace("\r", "", StringComparison.Ordinal)
            .Replace("\\\n", "", StringComparison.Ordinal).Replace("\"", "", StringComparison.Ordinal);
        return !plain.Contains("%0a", StringComparison.OrdinalIgnoreCase) && plain.Split('\n').All(IsHarmlessLine);
    }

    /// <summary>The subdatasets that DataLad noted the ids of, and at which paths below the superdataset git looks for each.</summary>
    public static IEnumerable<(DatasetId Id, IReadOnlyList<string> Places)> PlacesOf(IEnumerable<Subdataset> all) =>
        from one in all
        where one.Id is not null
        select (one.Id!.Value, Places(one));

    private static IReadOnlyList<string> Places(Subdataset one)
    {
        string[] places = [one.Path, one.Url.StartsWith(Here, StringComparison.Ordinal) ? one.Url[Here.Length..] : ""];
        return [.. places.Select(static location => location.TrimEnd('/')).Where(static location => location.Length > 0).Distinct()];
    }

    private static bool IsHarmlessLine(string line)
    {
        for (int at = line.IndexOf('=', StringComparison.Ordinal); at >= 0; at = line.IndexOf('=', at + 1))
        {
            if (line.AsSpan(at + 1).TrimStart() is ['-' or '!', ..])
            {
                return false;
            }
        }

        int end = line.LastIndexOf(']');
        return end < 0 || !line.TrimStart().StartsWith('[') || !line.AsSpan(0, end).Contains("..", StringComparison.Ordinal);
    }
}
