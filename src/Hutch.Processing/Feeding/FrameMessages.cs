using Hutch.Processing.Runs;
using Hutch.Processing.Sending;

namespace Hutch.Processing.Feeding;

/// <summary>The messages of a run whose recipe begins with a service of others: one for each frame, with its address.</summary>
internal sealed class FrameMessages
{
    private const int MaxHeaderBytes = 16 << 20;

    // Of the description of frames in the header, and of a frame that differs from it: see docs/formats/frames.md.
    private static readonly string[] Facts = ["codec", "type", "shape"];
    private const string OwnFacts = "hutch-";

    private readonly RowPayload _payload;
    private readonly RecipeMessage _start;
    private readonly IReadOnlyDictionary<string, JsonElement> _image;
    private readonly Uri _server;

    private FrameMessages(
        string queue, RowPayload payload, RecipeMessage start, IReadOnlyDictionary<string, JsonElement> image, Uri server) =>
        (Queue, _payload, _start, _image, _server) = (queue, payload, start, image, server);

    /// <summary>The queue on the bus.</summary>
    public string Queue { get; }

    /// <summary>Returns the messages of a run; an error when its recipe may not send where it says any more.</summary>
    public static async Task<Result<FrameMessages>> OfAsync(ActiveRun run, RecipeQueues queues, RunInputs inputs, CancellationToken ct)
    {
        if (!Recipe.ReadWhole(RunRecipe.Find(run.Description) ?? default).TryGet(out Recipe? recipe, out HutchError? refusal)
            || !queues.FindFirst(recipe.Nodes[recipe.Start[0].Node]).TryGet(out string? queue, out refusal)
            || !(await inputs.DatasetAsync(run.Input.Dataset, ct)).TryGet(out SiteDataset? input, out refusal)
            || !(await inputs.ResolveAsync(run.Input.Dataset, run.Input.Snapshot, ct)).TryGet(out TreeView? view, out refusal)
            || !(await inputs.ReadFileAsync(view, FrameName.Header, MaxHeaderBytes, ct)).TryGet(out byte[]? header, out refusal))
        {
            return refusal;
        }

        var start = new RecipeMessage
        {
            Recipe = recipe,
            At = recipe.Start[0].Node,
            Environment = RecipeMessage.Named(run.Id.ToString()),
            Payload = default,
        };
        return new FrameMessages(
            queue, new RowPayload(run, $"{input.Owner}/{input.Slug}"), start, Describe(header), queues.Server!);
    }

    /// <summary>Returns the message of a delivery. The broker removes it when its address has ended.</summary>
    public QueuedMessage Of(FrameDelivery delivery, string path)
    {
        QueuedMessage message = (_start with { Payload = _payload.From(Row(delivery, path)) }).Begin();
        return message with
        {
            Queue = Queue,
            Headers = new Dictionary<string, string>(message.Headers, StringComparer.Ordinal)
            {
                [BusMessage.ExpirationHeader] =
                    ((long)FrameAddresses.Life.TotalMilliseconds).ToString(CultureInfo.InvariantCulture),
            },
        };
    }

    private JsonElement Row(FrameDelivery delivery, string path) => JsonElement.Parse(RowPayload.Write(json =>
    {
        json.WriteStartObject();
        json.WriteNumber("file-number"u8, delivery.Frame.Number);
        json.WriteNumber("attempt"u8, delivery.Lease.Attempt);
        json.WriteString("address"u8, PortalUrl.For(_server, path));
        json.WriteNumber("bytes"u8, delivery.Frame.Entry.Size);
        json.WriteStartObject("image"u8);
        IReadOnlyDictionary<string, string> own = delivery.Frame.Entry.UserMetadata ?? BusMessage.NoHeaders;
        foreach ((string name, JsonElement value) in _image.Where(fact => !own.ContainsKey(OwnFacts + fact.Key)))
        {
            json.WritePropertyName(name);
            value.WriteTo(json);
        }

        foreach ((string name, string value) in own.Where(static fact => fact.Key is "hutch-codec" or "hutch-filter-mask"))
        {
            json.WriteString(name[OwnFacts.Length..], value);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }).Span);

    private static Dictionary<string, JsonElement> Describe(byte[]? header)
    {
        var image = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        try
        {
            using JsonDocument document = JsonDocument.Parse(header ?? []);
            if (document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("hutch"u8, out JsonElement hutch) && hutch.ValueKind == JsonValueKind.Object)
            {
                foreach (string fact in Facts.Where(fact => hutch.TryGetProperty(fact, out _)))
                {
                    image[fact] = hutch.GetProperty(fact).Clone();
                }
            }
        }
        catch (JsonException)
        {
            // The frames can be opened anyway.
        }

        return image;
    }
}
