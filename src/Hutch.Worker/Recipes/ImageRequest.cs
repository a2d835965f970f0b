using System.Buffers;

namespace Hutch.Worker.Recipes;

/// <summary>A request to the service <c>per_image_analysis</c>: one image of a file, and the parameters of its analysis.</summary>
internal sealed record ImageRequest
{
    /// <summary>The prefix of the members of a message that its answer repeats.</summary>
    private const string Repeated = "file";

    private const string Number = "file-number";

    public required RecipeMessage Message { get; init; }

    public required string File { get; init; }

    /// <summary>The image, from 1.</summary>
    public required int Image { get; init; }

    public required IReadOnlyDictionary<string, JsonElement> Parameters { get; init; }

    public static Result<ImageRequest> Read(BusMessage message)
    {
        if (!RecipeMessage.Read(message).TryGet(out RecipeMessage? read, out HutchError? refusal))
        {
            return refusal;
        }

        JsonElement payload = read.Payload;
        if (payload.ValueKind != JsonValueKind.Object
            || !payload.TryGetProperty(Repeated, out JsonElement file) || file.ValueKind != JsonValueKind.String)
        {
            return Wrong("its payload must be an object with 'file', the path of a file, and 'file-number', the image.");
        }

        JsonElement given = payload.TryGetProperty("parameters"u8, out JsonElement own) ? own : default;
        JsonElement nodeParameters = read.Node.Parameters;
        if (!ImageParameters.ToStep(nodeParameters, given).TryGet(out IReadOnlyDictionary<string, JsonElement>? parameters, out refusal)
            || !ImageParameters.ImageOf(nodeParameters, given).TryGet(out int? range, out refusal))
        {
            return refusal;
        }

        int? image = range ?? (payload.TryGetProperty(Number, out JsonElement number) && number.ValueKind == JsonValueKind.Number
            && number.TryGetInt32(out int counted) ? counted : null);
        return image is >= 1
            ? new ImageRequest { Message = read, File = file.GetString()!, Image = image.Value, Parameters = parameters }
            : Wrong("its payload must have 'file-number', the image, counted from 1.");
    }

    /// <summary>Returns the answer: the members of the message about the file, then the values of the row.</summary>
    public JsonElement Answer(ReadOnlySpan<byte> row)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            bool hasNumber = false;
            foreach (JsonProperty member in Message.Payload.EnumerateObject())
            {
                if (member.Name.StartsWith(Repeated, StringComparison.Ordinal))
                {
                    hasNumber |= member.NameEquals(Number);
                    member.WriteTo(json);
                }
            }

            foreach (JsonProperty value in JsonElement.Parse(row).EnumerateObject())
            {
                if (!hasNumber || !value.NameEquals(Number))
                {
                    value.WriteTo(json);
                }
            }

            json.WriteEndObject();
        }

        return JsonElement.Parse(bytes.WrittenSpan);
    }

    private static HutchError Wrong(string what) => ErrorCode.Unprocessable.With("The message cannot be used: " + what);
}
