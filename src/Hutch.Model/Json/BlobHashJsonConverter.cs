namespace Hutch.Model.Json;

/// <summary>Writes a hash as a string of 64 lower-case hex digits.</summary>
public sealed class BlobHashJsonConverter : JsonConverter<BlobHash>
{
    public override BlobHash Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String && !reader.HasValueSequence && !reader.ValueIsEscaped
            && BlobHash.TryParse(reader.ValueSpan, out BlobHash hash))
        {
            return hash;
        }

        if (reader.TokenType == JsonTokenType.String && BlobHash.TryParse(reader.GetString(), out hash))
        {
            return hash;
        }

        throw new JsonException("Expected a SHA-256: a string of 64 hex digits.");
    }

    public override void Write(Utf8JsonWriter writer, BlobHash value, JsonSerializerOptions options)
    {
        // Listings have millions of hashes: no string for each.
        Span<byte> digits = stackalloc byte[BlobHash.TextLength];
        value.Format(digits);
        writer.WriteStringValue(digits);
    }
}
