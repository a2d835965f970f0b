namespace Hutch.Messaging.Recipes;

/// <summary>
/// A message on its way through a recipe, in the envelope of python-workflows: the whole recipe, the target node, the nodes that it came
/// through, and the payload. Immutable.
/// </summary>
/// <remarks>
/// On the wire: the header <c>workflows-recipe</c>, and the JSON members <c>environment</c>, <c>payload</c>, <c>recipe</c>,
/// <c>recipe-path</c> and <c>recipe-pointer</c>.
/// </remarks>
public sealed record RecipeMessage
{
    private const int MaxPath = 1000;

    public required Recipe Recipe { get; init; }

    public required int At { get; init; }

    /// <summary>The nodes that it came through, in order; the start is not one.</summary>
    public IReadOnlyList<int> Path { get; init; } = [];

    /// <summary>The values shared by all messages of one recipe: its <c>ID</c>.</summary>
    public required JsonElement Environment { get; init; }

    public required JsonElement Payload { get; init; }

    public RecipeNode Node => Recipe.Nodes[At];

    public static Result<RecipeMessage> Read(BusMessage message)
    {
        if (!message.Headers.TryGetValue(BusMessage.RecipeHeader, out string? header) || header is not ("True" or "true" or "1"))
        {
            return Wrong($"it has no header '{BusMessage.RecipeHeader}'. A message for a service must come by a recipe.");
        }

        JsonElement json;
        try
        {
            json = JsonElement.Parse(message.Body.Span, new JsonDocumentOptions { MaxDepth = 2 * Recipe.MaxDepth });
        }
        catch (JsonException e)
        {
            return Wrong($"it is no JSON: {e.Message}");
        }

        if (json.ValueKind != JsonValueKind.Object
            || !json.TryGetProperty("recipe"u8, out JsonElement written)
            || !json.TryGetProperty("recipe-pointer"u8, out JsonElement pointer)
            || pointer.ValueKind != JsonValueKind.Number || !pointer.TryGetInt32(out int node)
            || !json.TryGetProperty("payload"u8, out JsonElement payload))
        {
            return Wrong("it must be an object with 'recipe', 'recipe-pointer' (the number of a node) and 'payload'.");
        }

        if (!Recipe.Read(written).TryGet(out Recipe? recipe, out HutchError? refusal))
        {
            return refusal;
        }

        return recipe.Nodes.ContainsKey(node)
            ? new RecipeMessage
            {
                Recipe = recipe,
                At = node,
                Path = ReadPath(json),
                Environment = json.TryGetProperty("environment"u8, out JsonElement environment) ? environment : Named(""),
                Payload = payload,
            }
            : Wrong($"it is for node {node}, which its recipe does not have.");
    }

    public static JsonElement Named(string id)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteString("ID"u8, id);
            json.WriteEndObject();
        }

        return JsonElement.Parse(bytes.WrittenSpan);
    }

    /// <summary>Returns the message for its own node, as a dispatcher sends it to the start of a recipe.</summary>
    public QueuedMessage Begin() => new(Node.Queue!, HeadersOf(Node), Body());

    public Result<IReadOnlyList<QueuedMessage>> Send(IReadOnlyList<int> nodes, JsonElement payload)
    {
        var messages = new List<QueuedMessage>();
        foreach (int next in nodes)
        {
            if (!Recipe.Nodes.TryGetValue(next, out RecipeNode? node))
            {
                return Wrong($"node {At} leads to node {next}, which its recipe does not have.");
            }

            if (node.Queue is null || node.Exchange is not null)
            {
                return Wrong($"node {next} is a topic, or has an exchange: Hutch sends to queues.");
            }

            RecipeMessage message = this with { At = next, Path = [.. Path, At], Payload = payload };
            messages.Add(new QueuedMessage(node.Queue, HeadersOf(node), message.Body()));
        }

        return messages;
    }

    private static Dictionary<string, string> HeadersOf(RecipeNode node)
    {
        var headers = new Dictionary<string, string>(StringComparer.Ordinal) { [BusMessage.RecipeHeader] = "true" };
        if (node.Delay > TimeSpan.Zero)
        {
            headers[BusMessage.DelayHeader] = ((long)node.Delay.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
        }

        return headers;
    }

    /// <summary>The envelope, in the order of python-workflows.</summary>
    private ReadOnlyMemory<byte> Body()
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WritePropertyName("environment"u8);
            Environment.WriteTo(json);
            json.WritePropertyName("payload"u8);
            Payload.WriteTo(json);
            json.WritePropertyName("recipe"u8);
            Recipe.Json.WriteTo(json);
            json.WriteStartArray("recipe-path"u8);
            foreach (int node in Path)
            {
                json.WriteNumberValue(node);
            }

            json.WriteEndArray();
            json.WriteNumber("recipe-pointer"u8, At);
            json.WriteEndObject();
        }

        return bytes.WrittenMemory;
    }

    private static int[] ReadPath(JsonElement json) =>
        json.TryGetProperty("recipe-path"u8, out JsonElement path) && path.ValueKind == JsonValueKind.Array
            && path.GetArrayLength() <= MaxPath
                ? [.. path.EnumerateArray().Where(IsWhole).Select(node => node.GetInt32())]
                : [];

    private static bool IsWhole(JsonElement node) => node.ValueKind == JsonValueKind.Number && node.TryGetInt32(out _);

    private static HutchError Wrong(string what) => ErrorCode.Unprocessable.With("The message cannot be used: " + what);
}

/// <param name="Body">UTF-8 JSON.</param>
public sealed record QueuedMessage(string Queue, IReadOnlyDictionary<string, string> Headers, ReadOnlyMemory<byte> Body);
