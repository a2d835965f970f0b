using Hutch.Publishing.Works;

namespace Hutch.Publishing.Citations;

/// <summary>A publication for BibTeX: <c>@misc</c>, which every style supports.</summary>
public static class BibTex
{
    public const string MediaType = "application/x-bibtex";

    public static string Write(PublishedWork work)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"@misc{{{Key(work)},\n");
        Add(text, "author", string.Join(" and ", work.Description.Authors.Select(Author)));
        Add(text, "title", "{" + Escape(work.Title) + "}");
        Add(text, "year", WorkText.Number(work.Year));
        Add(text, "month", work.Version.PublishedAt.UtcDateTime.Month.ToString(CultureInfo.InvariantCulture));
        Add(text, "publisher", Escape(work.Description.Publisher ?? ""));
        Add(text, "version", WorkText.Number(work.Version.Number));
        Add(text, "note", "Dataset, version " + WorkText.Number(work.Version.Number));
        Add(text, "abstract", Escape(work.Description.Abstract ?? ""));
        Add(text, "keywords", Escape(string.Join(", ", work.Description.Keywords)));
        Add(text, "doi", Escape(work.Doi ?? ""));
        Add(text, "url", Address(work.Identifier));
        return text.Append("}\n").ToString();
    }

    /// <summary>The first author and the year for readability, and the dataset for uniqueness.</summary>
    private static string Key(PublishedWork work)
    {
        string author = work.Description.Authors is [{ Name: { } first }, ..] ? first : "";
        string name = string.Concat(author.Where(char.IsAsciiLetter)).ToLowerInvariant();
        return $"{(name.Length == 0 ? "dataset" : name)}{WorkText.Number(work.Year)}-{work.Dataset.ToString()[..8]}";
    }

    /// <summary>The name of an organisation is in braces because it has no parts.</summary>
    private static string Author(PublicationAuthor author) =>
        author.Given is null ? "{" + Escape(author.Name ?? "") + "}" : $"{{{Escape(author.Name ?? "")}}}, {Escape(author.Given)}";

    private static void Add(StringBuilder text, string field, string value)
    {
        if (value.Length > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"  {field} = {{{value}}},\n");
        }
    }

    private static string Address(string text) => text.Replace("%", "\\%", StringComparison.Ordinal);

    private static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (char one in text)
        {
            _ = one switch
            {
                '\\' => escaped.Append("\\textbackslash{}"),
                '{' or '}' => escaped.Append(CultureInfo.InvariantCulture, $"\\{one}"),
                '~' => escaped.Append("\\textasciitilde{}"),
                '^' => escaped.Append("\\textasciicircum{}"),
                '%' or '$' or '&' or '#' or '_' => escaped.Append(CultureInfo.InvariantCulture, $"\\{one}"),
                _ => escaped.Append(one),
            };
        }

        return escaped.ToString();
    }
}
