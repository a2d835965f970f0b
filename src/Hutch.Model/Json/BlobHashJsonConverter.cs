namespace Hutch.Model.Json;

/// <summary>Writes a hash as a string of 64 lower-case hex digits.</summary>
public sealed class BlobHashJsonConverter : JsonConverter<BlobHash>
{
    public override BlobHash Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String && !reader.HasValueSequence && !reader.ValueIsEscaped
            && reader.ValueSpan.Length == BlobHash.TextLength)
        {
            Span<char> digits = stackalloc char[BlobHash.TextLength];
            System.Text.Encoding.Latin1.GetChars(reader.ValueSpan, digits);
            if (BlobHash.TryParse(digits, out BlobHash hash))
            {
                return hash;
            }
        }
        else if (reader.TokenType == JsonTokenType.String && BlobHash.TryParse(reader.GetString(), out BlobHash hash))
        {
            return hash;
        }

        throw new JsonException("Expected a SHA-256: a string of 64 hex digits.");
    }

    public override void Write(Utf8JsonWriter writer, BlobHash value, JsonSerializerOptions options)
    {
        // Listings have millions of hashes: no string for each.
        Span<byte> bytes = stackalloc byte[BlobHash.Size];
        Span<byte> digits = stackalloc byte[BlobHash.TextLength];
        value.CopyTo(bytes);
        Convert.TryToHexStringLower(bytes, digits, out _);
        writer.WriteStringValue(digits);
    }
}
