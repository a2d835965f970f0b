namespace Hutch.Messaging.Recipes;

/// <summary>
/// A recipe in the JSON form of Zocalo: numbered nodes, each a queue and where its output goes, and where it starts. Immutable. See
/// docs/reference/recipes.md.
/// </summary>
public sealed class Recipe
{
    /// <summary>The largest recipe, bytes of JSON; it travels with every message.</summary>
    public const int MaxBytes = 256 << 10;

    public const int MaxNodes = 256;

    /// <summary>The maximum depth of nested objects and lists.</summary>
    public const int MaxDepth = 32;

    /// <summary>The most characters of the name of a queue: AMQP has no room for more.</summary>
    public const int MaxQueueCharacters = 200;

    public static readonly TimeSpan MaxDelay = TimeSpan.FromDays(1);

    internal Recipe(
        IReadOnlyDictionary<int, RecipeNode> nodes, IReadOnlyList<RecipeStart> start, IReadOnlyList<int> errors, JsonElement json)
    {
        Nodes = nodes;
        Start = start;
        Errors = errors;
        Json = json;
    }

    public IReadOnlyDictionary<int, RecipeNode> Nodes { get; }

    /// <summary>The starts, at least one.</summary>
    public IReadOnlyList<RecipeStart> Start { get; }

    /// <summary>The nodes that hear of errors anywhere in it.</summary>
    public IReadOnlyList<int> Errors { get; }

    /// <summary>As it goes with messages: an output without names is a list.</summary>
    public JsonElement Json { get; }

    /// <summary>Reads a recipe that came with a message, node by node. Its consistency is the sender's business.</summary>
    public static Result<Recipe> Read(JsonElement json) => RecipeReader.Read(json);

    /// <summary>Reads a recipe that a person wrote, and checks that its nodes form a recipe.</summary>
    public static Result<Recipe> ReadWhole(JsonElement json) => Read(json).Then(RecipeRules.Check);

    public static Result<Recipe> ReadWhole(ReadOnlyMemory<byte> file) => ParseJson(file).Then(ReadWhole);

    /// <summary>The JSON of a file, not looked into.</summary>
    public static Result<JsonElement> ParseJson(ReadOnlyMemory<byte> file)
    {
        if (file.Length > MaxBytes)
        {
            return ErrorCode.TooLarge.With($"The recipe has {file.Length} bytes; it may have {MaxBytes}.");
        }

        try
        {
            return JsonElement.Parse(
                file.Span, new JsonDocumentOptions { MaxDepth = MaxDepth, AllowDuplicateProperties = false });
        }
        catch (JsonException e)
        {
            return ErrorCode.Unprocessable.With($"The recipe is no JSON: {e.Message}");
        }
    }
}

/// <param name="Node">The node that gets the first message.</param>
public readonly record struct RecipeStart(int Node, JsonElement Payload);
