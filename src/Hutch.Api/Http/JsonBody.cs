using Hutch.Model.Memory;

namespace Hutch.Api.Http;

/// <summary>Reads JSON bodies of limited size and depth; every refusal names the field.</summary>
internal static class JsonBody
{
    private static readonly JsonReaderOptions Reading = new() { MaxDepth = HutchJson.MaxDepth };

    public static Task<T> ReadAsync<T>(PipeReader body, JsonTypeInfo<T> type, int maxBytes, CancellationToken ct) =>
        ReadAsync(body, type, maxBytes, isLeft: false, ct);

    public static Task<T> PeekAsync<T>(PipeReader body, JsonTypeInfo<T> type, int maxBytes, CancellationToken ct) =>
        ReadAsync(body, type, maxBytes, isLeft: true, ct);

    /// <summary>
    /// Reads a document of a user, with any keys, when there is memory for it. Refused when it has too many bytes or keys, or takes more
    /// memory than an account may have.
    /// </summary>
    /// <returns>The document, and its share of the memory, which the caller disposes when it is stored.</returns>
    public static async Task<(JsonElement Document, CountedMemory.Share Share)> ReadDocumentAsync(
        PipeReader body, ApiOptions limits, DocumentMemory memory, CancellationToken ct)
    {
        ReadOnlySequence<byte> json = await BufferAsync(body, limits.MaxMetadataBytes, ct);
        CountedMemory.Share? share = null;
        try
        {
            JsonShape shape = JsonShape.Measure(json);
            if (shape.Keys > limits.MaxMetadataKeys)
            {
                throw ErrorCode.TooLarge.With(string.Create(
                    CultureInfo.InvariantCulture, $"The document has {shape.Keys} keys; the limit is {limits.MaxMetadataKeys}. ")
                    + "Store tables and long lists as files of the dataset.").ToException();
            }

            share = (await memory.RentAsync(DocumentMemory.CostOf(shape), "The document", ct)).Value;
            return (Parse(json, HutchJson.Default.JsonElement, "The body"), share);
        }
        catch
        {
            share?.Dispose();
            throw;
        }
        finally
        {
            body.AdvanceTo(json.End);
        }
    }

    private static async Task<T> ReadAsync<T>(PipeReader body, JsonTypeInfo<T> type, int maxBytes, bool isLeft, CancellationToken ct)
    {
        ReadOnlySequence<byte> json = await BufferAsync(body, maxBytes, ct);
        try
        {
            return Parse(json, type, "The body");
        }
        finally
        {
            body.AdvanceTo(isLeft ? json.Start : json.End);
        }
    }

    /// <summary>Waits for the whole body, which the caller lets go of.</summary>
    private static async Task<ReadOnlySequence<byte>> BufferAsync(PipeReader body, int maxBytes, CancellationToken ct)
    {
        while (true)
        {
            ReadResult read = await body.ReadAsync(ct);
            if (read.Buffer.Length > maxBytes)
            {
                body.AdvanceTo(read.Buffer.End);
                throw ErrorCode.TooLarge.With($"The JSON body is larger than {maxBytes} bytes, the limit.").ToException();
            }

            if (read.IsCompleted)
            {
                return read.Buffer;
            }

            body.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    public static T Parse<T>(ReadOnlySequence<byte> json, JsonTypeInfo<T> type, string what)
    {
        if (json.IsEmpty)
        {
            throw ErrorCode.InvalidBody.With($"{what} is empty; send a JSON document, {{}} for an empty one.").ToException();
        }

        try
        {
            if (HasHalfCharacter(json))
            {
                throw ErrorCode.InvalidBody.With(
                    $"{what} has half of a surrogate pair, as in \\ud800, which is not a character.").ToException();
            }

            var reader = new Utf8JsonReader(json, Reading);
            T? value = JsonSerializer.Deserialize(ref reader, type);
            bool rest = reader.Read();
            return rest || value is null
                ? throw ErrorCode.InvalidBody.With($"{what} must be one JSON document other than null.").ToException()
                : value;
        }
        catch (JsonException e)
        {
            throw ErrorCode.InvalidBody.With($"{what} {Explain(e, type)}").ToException();
        }
    }

    /// <summary>Returns true for text that cannot be stored: values of any kind are kept as they came.</summary>
    private static bool HasHalfCharacter(ReadOnlySequence<byte> json)
    {
        if (!new SequenceReader<byte>(json).TryReadTo(out ReadOnlySequence<byte> _, "\\u"u8))
        {
            return false;
        }

        var reader = new Utf8JsonReader(json, Reading);
        while (reader.Read())
        {
            if (reader is { ValueIsEscaped: true, TokenType: JsonTokenType.String or JsonTokenType.PropertyName } && !IsText(ref reader))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsText(ref Utf8JsonReader reader)
    {
        try
        {
            reader.GetString();
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private static string Explain(JsonException e, JsonTypeInfo type)
    {
        string message = e.Message;
        string field = Field(e.Path);
        if (message.Contains("could not be mapped", StringComparison.Ordinal))
        {
            string name = Quoted(message) ?? field;
            return $"has an unknown field {Display.Quote(name)}. {Known(type)}";
        }

        if (message.Contains("missing required", StringComparison.Ordinal))
        {
            return $"lacks the field {Display.Quote(Missing(message))}. {Known(type)}";
        }

        if (message.Contains("uplicate", StringComparison.Ordinal))
        {
            return $"has the field {Display.Quote(Quoted(message) ?? field)} twice.";
        }

        if (message.Contains("maximum configured depth", StringComparison.Ordinal))
        {
            return $"is nested deeper than {HutchJson.MaxDepth} levels.";
        }

        // The parser's own exception has its own type, and is an inner exception if it comes from a value; its message is about the parser.
        // A plain
        // one comes from a converter of ours, whose message names the valid values.
        string where = field.Length == 0 ? "" : $" in the field {Display.Quote(field)}";
        return e.GetType() != typeof(
            JsonException) || e.InnerException is JsonException ? $"is not JSON: line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}."
            : message.Contains("could not be converted", StringComparison.Ordinal) ? $"has a value of the wrong type{where}."
            : $"has an invalid value{where}: {WithoutPlace(message)}";
    }

    private static string WithoutPlace(string message)
    {
        int index = message.IndexOf(" Path: ", StringComparison.Ordinal);
        return index < 0 ? message : message[..index];
    }

    private static string Known(JsonTypeInfo type) => type.Kind == JsonTypeInfoKind.Object
        ? $"Known fields: {string.Join(", ", type.Properties.Select(p => p.Name))}."
        : "";

    private static string Missing(string message)
    {
        int colon = message.LastIndexOf("including:", StringComparison.Ordinal);
        return (colon < 0 ? message : message[(colon + "including:".Length)..]).Trim(' ', '.', '\'');
    }

    private static string? Quoted(string message)
    {
        int start = message.IndexOf('\'', StringComparison.Ordinal);
        int end = start < 0 ? -1 : message.IndexOf('\'', start + 1);
        return end < 0 ? null : message[(start + 1)..end];
    }

    private static string Field(string? path) => path is null ? "" : path.TrimStart('$').TrimStart('.');
}
