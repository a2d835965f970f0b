using System.Text.Json.Nodes;
using Hutch.Model.Publications;
using Hutch.Types.Yaml;

namespace Hutch.Datasets.Publishing;

/// <summary>Reads the description of a publication as YAML: the same document as in JSON. Errors name line, column and field.</summary>
public static class DescriptionFile
{
    /// <summary>The only field whose value is no text.</summary>
    private const string FlagKey = "isOrganisation";

    public static int MaxBytes => YamlLimits.Written.MaxBytes;

    public static Result<PublicationDescription> Read(ReadOnlySpan<byte> bytes)
    {
        if (!YamlReader.Read(bytes, YamlLimits.Written).TryGet(out YamlMap? root, out HutchError? refusal))
        {
            return refusal;
        }

        try
        {
            return ToJson(root, null).Deserialize(DescriptionJson.Default.PublicationDescription)!;
        }
        catch (JsonException e)
        {
            string field = e.Path?.TrimStart('$', '.') ?? "";
            YamlValue at = Find(root, field);
            return new DocumentProblem(
                at.Line, at.Column,
                $"{Display.Quote(field)} is no field of a description, or its value is not one that the field takes.").ToError();
        }
    }

    // A year as a keyword, or a grant 1234, is a text.
    private static JsonNode? ToJson(YamlValue value, string? key) => value switch
    {
        YamlMap map => new JsonObject(map.Entries.Select(static entry => KeyValuePair.Create(entry.Key, ToJson(entry.Value, entry.Key)))),
        YamlList list => new JsonArray([.. list.Items.Select(item => ToJson(item, key))]),
        YamlScalar { IsNull: false } scalar when key != FlagKey => scalar.Text,
        _ => YamlValues.ToJson(value),
    };

    /// <summary>Returns the value at a path such as <c>authors[0].orcid</c>, or the last one on the way there.</summary>
    private static YamlValue Find(YamlMap root, string path)
    {
        YamlValue found = root;
        foreach (string step in path.Split(['.', '['], StringSplitOptions.RemoveEmptyEntries))
        {
            YamlValue? next = found switch
            {
                YamlMap map => map[step],
                YamlList list when int.TryParse(step.TrimEnd(']'), CultureInfo.InvariantCulture, out int index)
                    && index >= 0 && index < list.Items.Count => list.Items[index],
                _ => null,
            };
            if (next is null)
            {
                break;
            }

            found = next;
        }

        return found;
    }
}
