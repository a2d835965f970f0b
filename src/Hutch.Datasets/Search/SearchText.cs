using System.Text;

namespace Hutch.Datasets.Search;

internal static class SearchText
{
    /// <summary>Characters of one dataset that are searched; the rest of a longer document is not.</summary>
    public const int MaxCharacters = 256 * 1024;

    /// <summary>Name, title and type, then the keys and values of the metadata document.</summary>
    public static string Collect(string name, string? title, string type, string? document)
    {
        StringBuilder text = new StringBuilder().AppendLine(name).AppendLine(title).AppendLine(type);
        if (document is not null)
        {
            using var parsed = JsonDocument.Parse(document);
            Add(text, parsed.RootElement);
        }

        return text.ToString(0, Math.Min(text.Length, MaxCharacters));
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
