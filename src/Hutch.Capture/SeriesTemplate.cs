using System.Text.RegularExpressions;

namespace Hutch.Capture;

/// <summary>
/// Texts with fields of a series in them: <c>{dcid}</c> is that field of <c>user_data</c> of its start message, else of the message
/// itself, and <c>{series}</c> is the identity of the series.
/// </summary>
public static partial class SeriesTemplate
{
    /// <param name="series">The identity of the series: its unique id, else its number.</param>
    /// <param name="fields">The start message's fields; null if it was not received.</param>
    /// <param name="missing">Takes the names of the fields that the series does not have; they become empty.</param>
    public static string Fill(string template, string series, JsonObject? fields, ICollection<string> missing) => Placeholder().Replace(
        template,
        match =>
        {
            string name = match.Groups["name"].Value;
            string? value = name == "series" ? series : Text((fields?["user_data"] as JsonObject)?[name]) ?? Text(fields?[name]);
            if (string.IsNullOrEmpty(value))
            {
                missing.Add(name);
            }

            return value ?? "";
        });

    /// <summary>The sentence for fields that a series does not say.</summary>
    public static string Missing(IEnumerable<string> names) => $"The series does not say {string.Join(" and ", names.Distinct())}.";

    private static string? Text(JsonNode? node) => node is JsonValue value ? value.ToString() : null;

    [GeneratedRegex(@"\{(?<name>[A-Za-z0-9_]+)\}")]
    private static partial Regex Placeholder();
}
