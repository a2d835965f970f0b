using Hutch.Publishing.Works;

namespace Hutch.Publishing.Citations;

/// <summary>A publication in the JSON of the Citation Style Language: one item of the list that pandoc and Zotero read.</summary>
public static class CslJson
{
    public const string MediaType = "application/vnd.citationstyles.csl+json";

    public static JsonObject Write(PublishedWork work)
    {
        DateTime date = work.Version.PublishedAt.UtcDateTime;
        var item = new JsonObject
        {
            ["id"] = work.Identifier,
            ["type"] = "dataset",
            ["title"] = work.Title,
            ["author"] = new JsonArray([.. work.Description.Authors.Select(Author)]),
            ["issued"] = new JsonObject { ["date-parts"] = new JsonArray(new JsonArray(date.Year, date.Month, date.Day)) },
            ["publisher"] = work.Description.Publisher,
            ["version"] = WorkText.Number(work.Version.Number),
            ["URL"] = work.Identifier,
        };
        Add(item, "DOI", work.Doi);
        Add(item, "abstract", work.Description.Abstract);
        Add(item, "language", work.Description.Language);
        Add(item, "keyword", work.Description.Keywords.Count == 0 ? null : string.Join(", ", work.Description.Keywords));
        return item;
    }

    private static void Add(JsonObject item, string field, string? value)
    {
        if (value is not null)
        {
            item[field] = value;
        }
    }

    private static JsonObject Author(PublicationAuthor author) => author.Given is null
        ? new JsonObject { ["literal"] = author.Name }
        : new JsonObject { ["family"] = author.Name, ["given"] = author.Given };
}
