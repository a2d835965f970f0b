namespace Hutch.Messaging.Recipes;

/// <summary>Reads the JSON of a recipe, node by node. The first thing that is wrong is named with its place.</summary>
internal static class RecipeReader
{
    public static Result<Recipe> Read(JsonElement json)
    {
        try
        {
            return ReadOrThrow(json);
        }
        catch (RecipeException e)
        {
            return ErrorCode.Unprocessable.With("The recipe is not valid: " + e.Message);
        }
    }

    private static Recipe ReadOrThrow(JsonElement json)
    {
        Require(json.ValueKind == JsonValueKind.Object, "it must be a JSON object with the nodes \"1\", \"2\" and so on, and \"start\".");
        Require(IsWithin(json, Recipe.MaxDepth), $"it is nested more than {Recipe.MaxDepth} deep.");
        Require(Size(json) <= Recipe.MaxBytes, $"it has more than {Recipe.MaxBytes} bytes.");
        var nodes = new SortedDictionary<int, RecipeNode>();
        RecipeStart[]? start = null;
        IReadOnlyList<int> errors = [];
        foreach (JsonProperty member in json.EnumerateObject())
        {
            switch (member.Name)
            {
                case "start":
                    Require(start is null, "\"start\" is there twice.");
                    start = [.. Starts(member.Value)];
                    break;
                case "error":
                    errors = Numbers(member.Value, "\"error\"");
                    break;
                default:
                    RecipeNode node = Node(member);
                    Require(nodes.TryAdd(node.Number, node), $"node {node.Number} is there twice.");
                    Require(nodes.Count <= Recipe.MaxNodes, $"it has more than {Recipe.MaxNodes} nodes.");
                    break;
            }
        }

        Require(start is { Length: > 0 }, "\"start\" is missing: a list of [node, payload], such as [[1, []]].");
        foreach (RecipeStart from in start!)
        {
            Require(nodes.ContainsKey(from.Node), $"it starts with node {from.Node}, which is not there.");
        }

        return new Recipe(nodes, start, errors, Normalised(json));
    }

    private static RecipeNode Node(JsonProperty member)
    {
        Require(
            int.TryParse(member.Name, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
                && number.ToString(CultureInfo.InvariantCulture) == member.Name,
            $"{Display.Quote(member.Name)} is neither the number of a node, nor \"start\" or \"error\".");
        JsonElement json = member.Value;
        Require(json.ValueKind == JsonValueKind.Object, $"node {number} must be an object.");
        string? queue = Text(json, number, "queue");
        string? topic = Text(json, number, "topic");
        Require(queue is null != topic is null, $"node {number} must have a \"queue\" or a \"topic\", and not both.");
        Require(
            (queue ?? topic)!.Length is > 0 and <= Recipe.MaxQueueCharacters && !(queue ?? topic)!.Any(char.IsControl),
            $"the queue or topic of node {number} must have 1 to {Recipe.MaxQueueCharacters} characters, none of them a control "
            + "character.");
        return new RecipeNode
        {
            Number = number,
            Queue = queue,
            Topic = topic,
            Exchange = Text(json, number, "exchange"),
            Service = Text(json, number, "service"),
            Parameters = Parameters(json, number),
            Outputs = json.TryGetProperty("output", out JsonElement output) ? Outputs(output, number) : RecipeNode.NoOutputs,
            Errors = json.TryGetProperty("error", out JsonElement error) ? Numbers(error, $"\"error\" of node {number}") : [],
            Delay = Delay(json, number),
            WhenBehind = Text(json, number, "when-behind"),
        };
    }

    private static IEnumerable<RecipeStart> Starts(JsonElement json)
    {
        Require(json.ValueKind == JsonValueKind.Array, "\"start\" must be a list of [node, payload], such as [[1, []]].");
        Require(json.GetArrayLength() <= Recipe.MaxNodes, $"it has more than {Recipe.MaxNodes} starts.");
        foreach (JsonElement start in json.EnumerateArray())
        {
            int number = 0;
            Require(
                start.ValueKind == JsonValueKind.Array && start.GetArrayLength() == 2 && IsNumber(start[0], out number),
                "\"start\" must be a list of [node, payload], such as [[1, []]].");
            yield return new RecipeStart(number, start[1].Clone());
        }
    }

    private static Dictionary<string, IReadOnlyList<int>> Outputs(JsonElement json, int node)
    {
        var outputs = new Dictionary<string, IReadOnlyList<int>>(StringComparer.Ordinal);
        if (json.ValueKind != JsonValueKind.Object)
        {
            outputs[RecipeNode.PlainOutput] = Numbers(json, $"\"output\" of node {node}");
            return outputs;
        }

        foreach (JsonProperty named in json.EnumerateObject())
        {
            Require(named.Name.Length > 0, $"an output of node {node} has an empty name.");
            outputs[named.Name] = Numbers(named.Value, $"output {Display.Quote(named.Name)} of node {node}");
        }

        return outputs;
    }

    private static int[] Numbers(JsonElement json, string what)
    {
        string wrong = $"{what} must be the number of a node, or a list of them.";
        if (json.ValueKind != JsonValueKind.Array)
        {
            Require(IsNumber(json, out int single), wrong);
            return [single];
        }

        Require(json.GetArrayLength() <= Recipe.MaxNodes, $"{what} has more than {Recipe.MaxNodes} nodes.");
        var numbers = new List<int>();
        foreach (JsonElement one in json.EnumerateArray())
        {
            Require(IsNumber(one, out int number), wrong);
            numbers.Add(number);
        }

        return [.. numbers];
    }

    private static JsonElement Parameters(JsonElement json, int node)
    {
        if (!json.TryGetProperty("parameters", out JsonElement parameters) || parameters.ValueKind == JsonValueKind.Null)
        {
            return default;
        }

        Require(parameters.ValueKind == JsonValueKind.Object, $"\"parameters\" of node {node} must be an object.");
        return parameters.Clone();
    }

    private static TimeSpan Delay(JsonElement json, int node)
    {
        if (!json.TryGetProperty("transport-delay", out JsonElement delay) || delay.ValueKind == JsonValueKind.Null)
        {
            return TimeSpan.Zero;
        }

        double seconds = 0;
        Require(
            delay.ValueKind == JsonValueKind.Number && delay.TryGetDouble(out seconds) && seconds >= 0
                && seconds <= Recipe.MaxDelay.TotalSeconds,
            $"\"transport-delay\" of node {node} must be a number of seconds, 0 to {Recipe.MaxDelay.TotalSeconds}.");
        return TimeSpan.FromSeconds(seconds);
    }

    private static string? Text(JsonElement json, int node, string name)
    {
        if (!json.TryGetProperty(name, out JsonElement text) || text.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        Require(text.ValueKind == JsonValueKind.String, $"\"{name}\" of node {node} must be text.");
        return text.GetString();
    }

    private static bool IsNumber(JsonElement json, out int number)
    {
        number = 0;
        return json.ValueKind == JsonValueKind.Number && json.TryGetInt32(out number);
    }

    private static bool IsWithin(JsonElement json, int depth) => json.ValueKind switch
    {
        JsonValueKind.Object => depth > 0 && json.EnumerateObject().All(member => IsWithin(member.Value, depth - 1)),
        JsonValueKind.Array => depth > 0 && json.EnumerateArray().All(item => IsWithin(item, depth - 1)),
        _ => true,
    };

    private static int Size(JsonElement json)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(bytes);
        json.WriteTo(writer);
        return (int)Math.Min(writer.BytesCommitted + writer.BytesPending, int.MaxValue);
    }

    /// <summary>As python-workflows sends it: an output that is a number becomes a list of one.</summary>
    private static JsonElement Normalised(JsonElement json)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(bytes))
        {
            writer.WriteStartObject();
            foreach (JsonProperty member in json.EnumerateObject())
            {
                writer.WritePropertyName(member.Name);
                if (member.Value.ValueKind == JsonValueKind.Object)
                {
                    WriteNode(writer, member.Value);
                }
                else
                {
                    member.Value.WriteTo(writer);
                }
            }

            writer.WriteEndObject();
        }

        return JsonElement.Parse(bytes.WrittenSpan);
    }

    private static void WriteNode(Utf8JsonWriter writer, JsonElement node)
    {
        writer.WriteStartObject();
        foreach (JsonProperty member in node.EnumerateObject())
        {
            bool isPlain = member.NameEquals("output"u8) && member.Value.ValueKind == JsonValueKind.Number;
            writer.WritePropertyName(member.Name);
            if (isPlain)
            {
                writer.WriteStartArray();
            }

            member.Value.WriteTo(writer);
            if (isPlain)
            {
                writer.WriteEndArray();
            }
        }

        writer.WriteEndObject();
    }

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new RecipeException(otherwise);
        }
    }

    /// <summary>Never leaves this class.</summary>
    private sealed class RecipeException(string message) : Exception(message);
}
