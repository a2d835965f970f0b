using Hutch.Publishing.Works;

namespace Hutch.Publishing.Citations;

/// <summary>A publication in RIS, which reference managers import.</summary>
public static class Ris
{
    public const string MediaType = "application/x-research-info-systems";

    public static string Write(PublishedWork work)
    {
        var text = new StringBuilder();
        Add(text, "TY", "DATA");
        foreach (string author in work.Description.Authors.Select(AuthorName.Inverted))
        {
            Add(text, "AU", author);
        }

        Add(text, "TI", work.Title);
        Add(text, "PY", WorkText.Number(work.Year));
        Add(text, "DA", WorkText.Date(work.Version.PublishedAt).Replace('-', '/'));
        Add(text, "PB", work.Description.Publisher);
        Add(text, "ET", WorkText.Number(work.Version.Number));
        Add(text, "AB", work.Description.Abstract);
        foreach (string keyword in work.Description.Keywords)
        {
            Add(text, "KW", keyword);
        }

        Add(text, "LA", work.Description.Language);
        Add(text, "DO", work.Doi);
        Add(text, "UR", work.Identifier);
        Add(text, "ER", "");
        return text.ToString();
    }

    private static void Add(StringBuilder text, string tag, string? value)
    {
        if (value is not null)
        {
            text.Append(tag).Append("  - ").Append(value.ReplaceLineEndings(" ")).Append("\r\n");
        }
    }
}
