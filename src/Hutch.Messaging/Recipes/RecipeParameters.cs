namespace Hutch.Messaging.Recipes;

/// <summary>
/// Puts values in the place of <c>{NAME}</c> in all names and texts of a recipe, as Zocalo's dispatcher does: <c>{list[0]}</c> and
/// <c>{object[member]}</c> look into a value, and the whole text <c>{$REPLACE:NAME}</c> becomes the value itself, or null when there is
/// none. A name that is not known stays as it is.
/// </summary>
public static partial class RecipeParameters
{
    public static Result<JsonElement> Apply(JsonElement recipe, IReadOnlyDictionary<string, JsonElement> values)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { MaxDepth = 2 * Recipe.MaxDepth });
        if (Write(json, recipe, values, 0) is { } wrong)
        {
            return ErrorCode.Unprocessable.With("The recipe is not valid: " + wrong);
        }

        json.Flush();
        return JsonElement.Parse(bytes.WrittenSpan);
    }

    private static string? Write(Utf8JsonWriter json, JsonElement part, IReadOnlyDictionary<string, JsonElement> values, int depth)
    {
        // Each text can grow by a value, so the written bytes are counted on the way.
        if (json.BytesCommitted + json.BytesPending > Recipe.MaxBytes)
        {
            return $"with its parameters it has more than {Recipe.MaxBytes} bytes.";
        }

        if (depth > Recipe.MaxDepth)
        {
            return $"it is nested more than {Recipe.MaxDepth} deep.";
        }

        switch (part.ValueKind)
        {
            case JsonValueKind.Object:
                return WriteObject(json, part, values, depth);
            case JsonValueKind.Array:
                json.WriteStartArray();
                foreach (JsonElement item in part.EnumerateArray())
                {
                    if (Write(json, item, values, depth + 1) is { } wrong)
                    {
                        return wrong;
                    }
                }

                json.WriteEndArray();
                return null;
            case JsonValueKind.String:
                return WriteText(json, part.GetString()!, values);
            default:
                part.WriteTo(json);
                return null;
        }
    }

    private static string? WriteObject(
        Utf8JsonWriter json, JsonElement part, IReadOnlyDictionary<string, JsonElement> values, int depth)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        json.WriteStartObject();
        foreach (JsonProperty member in part.EnumerateObject())
        {
            if (!Replace(member.Name, values).TryGet(out string? name, out HutchError? refusal))
            {
                return refusal.Message;
            }

            if (!names.Add(name))
            {
                return $"with its parameters, {Display.Quote(name)} is there twice.";
            }

            json.WritePropertyName(name);
            if (Write(json, member.Value, values, depth + 1) is { } wrong)
            {
                return wrong;
            }
        }

        json.WriteEndObject();
        return null;
    }

    private static string? WriteText(Utf8JsonWriter json, string text, IReadOnlyDictionary<string, JsonElement> values)
    {
        if (WholePattern().Match(text) is { Success: true } whole)
        {
            if (Find(whole.Groups["name"].Value, whole.Groups["path"].Value, values) is { } value)
            {
                value.WriteTo(json);
            }
            else
            {
                json.WriteNullValue();
            }

            return null;
        }

        if (!Replace(text, values).TryGet(out string? replaced, out HutchError? refusal))
        {
            return refusal.Message;
        }

        json.WriteStringValue(replaced);
        return null;
    }

    private static Result<string> Replace(string text, IReadOnlyDictionary<string, JsonElement> values)
    {
        var made = new StringBuilder();
        int from = 0;
        foreach (Match match in NamePattern().Matches(text))
        {
            made.Append(text, from, match.Index - from);
            from = match.Index + match.Length;
            JsonElement? value = Find(match.Groups["name"].Value, match.Groups["path"].Value, values);
            if (value is { ValueKind: JsonValueKind.Object or JsonValueKind.Array })
            {
                return ErrorCode.Unprocessable.With(
                    $"{Display.Quote(match.Value)} stands for a list or an object, in the middle of a text. Give it a text of its own, "
                    + $"\"{{$REPLACE:{match.Value[1..]}\".");
            }

            made.Append(value is { } known ? Words(known) : match.Value);
            if (made.Length > Recipe.MaxBytes)
            {
                return ErrorCode.Unprocessable.With($"with its parameters it has more than {Recipe.MaxBytes} bytes.");
            }
        }

        return made.Append(text, from, text.Length - from).ToString();
    }

    // As Python writes them.
    private static string Words(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.True => "True",
        JsonValueKind.False => "False",
        JsonValueKind.Null => "None",
        _ => value.GetRawText(),
    };

    private static JsonElement? Find(string name, string path, IReadOnlyDictionary<string, JsonElement> values)
    {
        if (!values.TryGetValue(name, out JsonElement value))
        {
            return null;
        }

        foreach (string step in path.Split(['[', ']'], StringSplitOptions.RemoveEmptyEntries))
        {
            bool isThere = value.ValueKind switch
            {
                JsonValueKind.Object => value.TryGetProperty(step, out value),
                JsonValueKind.Array when int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out int index)
                    && index < value.GetArrayLength() => TryItem(ref value, index),
                _ => false,
            };
            if (!isThere)
            {
                return null;
            }
        }

        return value;
    }

    private static bool TryItem(ref JsonElement value, int index)
    {
        value = value[index];
        return true;
    }

    [GeneratedRegex(@"\{(?<name>[A-Za-z_][A-Za-z0-9_]*)(?<path>(\[[^\[\]{}]+\])*)\}", RegexOptions.NonBacktracking)]
    private static partial Regex NamePattern();

    [GeneratedRegex(@"^\{\$REPLACE:(?<name>[A-Za-z_][A-Za-z0-9_]*)(?<path>(\[[^\[\]{}]+\])*)\}$", RegexOptions.NonBacktracking)]
    private static partial Regex WholePattern();
}
