using Hutch.Messaging.RabbitMq;

namespace Hutch.Messaging.Recipes;

/// <summary>
/// The queues to which recipes of users may send. They exclude the server's own queues and those of services that trust their messages.
/// </summary>
/// <param name="bus">The broker.</param>
/// <param name="server">The address of this server for services of others; null if they cannot reach it.</param>
public sealed class RecipeQueues(BusOptions bus, Uri? server = null)
{
    private static readonly string[] Own = ["hutch.", "analysis.", "delay.", BusQueue.DeadLetterPrefix, "amq."];

    private readonly string _prefix = bus.Namespace.Length == 0 ? "" : bus.Namespace + ".";

    /// <summary>The address of this server for services of others; null if they cannot reach it.</summary>
    public Uri? Server => server;

    /// <summary>The queue on the bus that gets a message for each result row of every run; null for none.</summary>
    public string? ResultQueue => bus.IsOn && !string.IsNullOrEmpty(bus.ResultQueue) ? bus.ResultQueue : null;

    /// <summary>The queue on the bus of the first node of a recipe, whose service gets the frames of a dataset.</summary>
    public Result<string> FindFirst(RecipeNode node)
    {
        return node.Delay > TimeSpan.Zero
                ? Refused(node, "It has a 'transport-delay', and the address of a frame is only good for a minute.")
            : server is null
                ? Refused(node, "This server does not know its own address for other programs: 'server.publicUrl'.")
            : Find(node);
    }

    /// <summary>The queue on the bus of a node to which messages may go.</summary>
    public Result<string> Find(RecipeNode node)
    {
        if (node.Queue is not { } queue || node.Exchange is not null)
        {
            return Refused(node, "Hutch sends to queues, not to a topic or an exchange.");
        }

        if (!bus.IsOn)
        {
            return Refused(node, "This server has no broker, so the message would have no reader.");
        }

        string name = queue.StartsWith(_prefix, StringComparison.Ordinal) ? queue[_prefix.Length..] : "";
        if (name.Length == 0)
        {
            return Refused(node, $"Queues of this server begin with '{_prefix}'.");
        }

        if (Own.Any(own => name.StartsWith(own, StringComparison.Ordinal)))
        {
            return Refused(node, "That is a queue of the server itself.");
        }

        if (bus.RecipeQueues.Any(allowed => Matches(allowed, queue)))
        {
            return name;
        }

        return Refused(node, "The operator of the server names the queues that recipes may send to in 'bus.recipeQueues'.");
    }

    private static bool Matches(string allowed, string queue) => allowed.EndsWith('*')
        ? queue.StartsWith(allowed[..^1], StringComparison.Ordinal)
        : string.Equals(allowed, queue, StringComparison.Ordinal);

    private static HutchError Refused(RecipeNode node, string why) => ErrorCode.Unprocessable.With(
        $"Node {node.Number} of the recipe cannot send to {Display.Quote(node.Queue ?? node.Topic)}: {why}");
}
