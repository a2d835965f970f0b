using Hutch.Processing.Runs;

namespace Hutch.Processing.Sending;

/// <summary>
/// The messages for the result rows of a run: one for each node to which the run's recipe leads, and one for the result queue of the
/// server. See "Results as messages" in docs/reference/recipes.md.
/// </summary>
internal sealed class RowMessages
{
    private readonly RowPayload _payload;
    private readonly string? _resultQueue;
    private readonly RecipeMessage? _step;
    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);

    private RowMessages(RowPayload payload, string? resultQueue, RecipeMessage? step)
    {
        _payload = payload;
        _resultQueue = resultQueue;
        _step = step;
    }

    /// <summary>Returns the messages of a run; an error when its recipe names a queue that is not allowed.</summary>
    public static Result<RowMessages> From(RowPayload payload, RecipeQueues queues)
    {
        if (RunRecipe.IsFeed(payload.Run.Description) || RunRecipe.Find(payload.Run.Description) is not { } json)
        {
            return new RowMessages(payload, queues.ResultQueue, null);
        }

        if (!Recipe.ReadWhole(json).TryGet(out Recipe? recipe, out HutchError? refusal))
        {
            return refusal;
        }

        RecipeStart start = recipe.Start[0];
        var step = new RecipeMessage
        {
            Recipe = recipe,
            At = start.Node,
            Environment = RecipeMessage.Named(payload.Run.Id.ToString()),
            Payload = start.Payload,
        };
        var messages = new RowMessages(payload, queues.ResultQueue, step);
        foreach (RecipeNode next in step.Node.Next.Select(next => recipe.Nodes[next]))
        {
            if (!queues.Find(next).TryGet(out string? name, out refusal))
            {
                return refusal;
            }

            messages._names[next.Queue!] = name;
        }

        return messages;
    }

    /// <summary>Returns the messages of one row. An error row goes to the recipe's destination for errors.</summary>
    public IEnumerable<QueuedMessage> OfRow(SiteResult row)
    {
        JsonElement values = JsonElement.Parse(row.Row);
        JsonElement payload = _payload.From(values);
        if (_resultQueue is not null)
        {
            yield return new QueuedMessage(_resultQueue, BusMessage.NoHeaders, RowPayload.Write(payload.WriteTo));
        }

        foreach (QueuedMessage message in Sent(
            node => values.TryGetProperty("error"u8, out _) ? node.Errors : node.To(RunRecipe.RowOutput, isMain: true), payload))
        {
            yield return message;
        }
    }

    public IEnumerable<QueuedMessage> OfEnd(long rows) => Sent(
        node => node.To(RunRecipe.EndOutput, isMain: false),
        _payload.From(JsonElement.Parse(FormattableString.Invariant($"{{\"frames\":{rows}}}"))));

    private IEnumerable<QueuedMessage> Sent(Func<RecipeNode, IReadOnlyList<int>> to, JsonElement payload) => _step is null
        ? []
        : _step.Send(to(_step.Node), payload).Value.Select(message => message with { Queue = _names[message.Queue] });
}
