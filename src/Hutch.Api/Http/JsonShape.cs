namespace Hutch.Api.Http;

/// <summary>The size of a JSON document, counted without memory for its content.</summary>
/// <param name="Keys">The keys of all objects in it.</param>
/// <param name="Tokens">The keys, values, begins and ends in it.</param>
internal readonly record struct JsonShape(long Bytes, int Keys, int Tokens)
{
    /// <summary>Counts a document. What is no JSON ends the count: reading it tells why.</summary>
    public static JsonShape Measure(ReadOnlySequence<byte> json)
    {
        int keys = 0;
        int tokens = 0;
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = HutchJson.MaxDepth });
        try
        {
            while (reader.Read())
            {
                tokens++;
                keys += reader.TokenType == JsonTokenType.PropertyName ? 1 : 0;
            }
        }
        catch (JsonException)
        {
            // The document is refused when it is read, with the place.
        }

        return new JsonShape(json.Length, keys, tokens);
    }
}
