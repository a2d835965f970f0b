using System.Collections.Frozen;

namespace Hutch.Messaging.Recipes;

/// <summary>A step of a recipe: the queue of the service that carries it out, and where its output goes.</summary>
public sealed record RecipeNode
{
    /// <summary>The name that outputs without a name go by.</summary>
    public const string PlainOutput = "";

    internal static readonly IReadOnlyDictionary<string, IReadOnlyList<int>> NoOutputs = FrozenDictionary<string, IReadOnlyList<int>>.Empty;

    public required int Number { get; init; }

    /// <summary>The queue of its service; null when it is a broadcast.</summary>
    public string? Queue { get; init; }

    /// <summary>The topic to which its messages are broadcast; null when it is a queue.</summary>
    public string? Topic { get; init; }

    /// <summary>The exchange that is asked for; null for that of queues.</summary>
    public string? Exchange { get; init; }

    public string? Service { get; init; }

    /// <summary>The parameters of its service: an object; undefined for none.</summary>
    public JsonElement Parameters { get; init; }

    /// <summary>The nodes that its output goes to, by the name of the output; <see cref="PlainOutput"/> for one without names.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<int>> Outputs { get; init; } = NoOutputs;

    public IReadOnlyList<int> Errors { get; init; } = [];

    /// <summary>The delay of its messages before delivery.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>The policy of a run when frames come faster than they are analysed, for its first node; null for the default.</summary>
    public string? WhenBehind { get; init; }

    public IEnumerable<int> Next => Outputs.Values.SelectMany(static to => to).Concat(Errors).Distinct();

    /// <summary>
    /// The nodes that an output goes to. A service calls its only, or main, output by a name; a recipe that gives its outputs no names
    /// means that one.
    /// </summary>
    public IReadOnlyList<int> To(string output, bool isMain) =>
        Outputs.TryGetValue(output, out IReadOnlyList<int>? named) ? named
        : isMain && Outputs.TryGetValue(PlainOutput, out IReadOnlyList<int>? plain) ? plain
        : [];
}
