namespace Hutch.Capture;

/// <summary>Names the dataset of a series from the fields of its start message.</summary>
/// <param name="template">A <see cref="SeriesTemplate"/> such as <c>{visit}/{dcid}</c>: <c>slug</c> or <c>owner/slug</c>.</param>
/// <param name="owners">The account or group for each owner of the template, such as the group of a visit; read for each series.</param>
public sealed class SeriesNaming(string template, Func<IReadOnlyDictionary<string, string>> owners)
{
    private const int MaxSlug = 63;

    /// <summary>Returns the name: <c>slug</c> or <c>owner/slug</c>.</summary>
    /// <param name="series">The identity of the series: its unique id, else its number.</param>
    /// <param name="fields">The start message's fields; null if it was not received.</param>
    /// <param name="problem">The reason why the name is not the one of the template; null when it is.</param>
    public string NameOf(string series, JsonObject? fields, out string? problem)
    {
        var missing = new List<string>();
        string[] parts = template.Split('/', 2);
        string slug = Slug(SeriesTemplate.Fill(parts[^1], series, fields, missing));
        string? owner = parts.Length == 2 ? SeriesTemplate.Fill(parts[0], series, fields, missing) : null;
        problem = missing.Count == 0 ? null : SeriesTemplate.Missing(missing);
        if (problem is not null || slug.Length < 3)
        {
            problem ??= $"'{slug}' is too short for a name.";
            return Slug("series-" + series);
        }

        return owner is null ? slug : $"{owners().GetValueOrDefault(owner, owner)}/{slug}";
    }

    /// <summary>
    /// Returns an alternative to a taken name: with the end of the series' identity, and where that is taken too, with a number.
    /// </summary>
    /// <param name="name">The name that is taken: <c>slug</c> or <c>owner/slug</c>.</param>
    /// <param name="series">The identity of the series: its unique id, else its number.</param>
    /// <param name="attempt">The attempt, from 1: without unique names, a detector gives the same ones after each restart.</param>
    public static string Beside(string name, string series, int attempt)
    {
        string own = Slug(series.Length > 12 ? series[^12..] : series);
        string tail = own.Length == 0 ? $"-{attempt}" : attempt == 1 ? $"-{own}" : $"-{own}-{attempt}";
        int longest = name.LastIndexOf('/') + 1 + MaxSlug - tail.Length;
        return name[..Math.Min(name.Length, longest)] + tail;
    }

    /// <summary>A text as a name of a dataset: small letters, digits and hyphens.</summary>
    private static string Slug(string text)
    {
        var slug = new StringBuilder();
        foreach (char c in text.ToLowerInvariant())
        {
            if (char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c))
            {
                slug.Append(c);
            }
            else if (slug.Length > 0 && slug[^1] != '-')
            {
                slug.Append('-');
            }
        }

        string whole = slug.ToString();
        return whole[..Math.Min(whole.Length, MaxSlug)].Trim('-');
    }
}
