using System.Text;
using Hutch.Model.Publications;

namespace Hutch.Datasets.Search;

internal static class SearchText
{
    /// <summary>Characters of one dataset that are searched; the rest of a longer document is not.</summary>
    public const int MaxCharacters = 256 * 1024;

    /// <summary>
    /// Name, title and type, then the description of a published dataset, and the keys and values of the metadata document.
    /// </summary>
    public static string Collect(string name, string? title, string type, string? document, PublicationRecord? publication = null)
    {
        StringBuilder text = new StringBuilder().AppendLine(name).AppendLine(title).AppendLine(type);
        if (publication is not null)
        {
            Add(text, publication);
        }

        if (document is not null)
        {
            using var parsed = JsonDocument.Parse(document);
            Add(text, parsed.RootElement);
        }

        return text.ToString(0, Math.Min(text.Length, MaxCharacters));
    }

    private static void Add(StringBuilder text, PublicationRecord publication)
    {
        PublicationDescription description = publication.Description;
        text.AppendLine(description.Title);
        foreach (PublicationAuthor author in description.Authors)
        {
            IEnumerable<string?> affiliations = author.Affiliations.Select(static affiliation => affiliation.Name);
            text.AppendJoin(", ", new[] { author.Name, author.Given, author.Orcid }.Concat(affiliations).OfType<string>()).AppendLine();
        }

        text.AppendLine(string.Join(", ", description.Keywords));
        text.AppendLine(description.Abstract);
        text.AppendLine(description.Publisher);
        foreach (PublicationFunding funding in description.Funding)
        {
            text.AppendJoin(", ", new[] { funding.Funder, funding.Award, funding.Title, funding.Ror }.OfType<string>()).AppendLine();
        }

        foreach (string? identifier in description.Related.Select(static work => work.Identifier)
            .Append(publication.Doi?.Doi).Append(publication.SeriesDoi?.Doi).OfType<string>())
        {
            text.AppendLine(identifier);
        }
    }

    private static void Add(StringBuilder text, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (JsonProperty property in value.EnumerateObject())
                {
                    text.AppendLine(property.Name);
                    Add(text, property.Value);
                }

                break;
            case JsonValueKind.Array:
                foreach (JsonElement item in value.EnumerateArray())
                {
                    Add(text, item);
                }

                break;
            case JsonValueKind.String:
                text.AppendLine(value.GetString());
                break;
            case JsonValueKind.Number:
                text.AppendLine(value.GetRawText());
                break;
        }
    }
}
