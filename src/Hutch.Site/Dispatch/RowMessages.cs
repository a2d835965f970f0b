using System.Buffers;
using System.Text.Json;
using Hutch.Messaging;
using Hutch.Messaging.Recipes;
using Hutch.Model;
using Hutch.Model.Site;
using Hutch.Site.Runs;

namespace Hutch.Site.Dispatch;

/// <summary>
/// The messages that the result rows of a run become: one for each node to which the run's recipe leads, and one for the result queue of
/// the server. See "Results as messages" in docs/reference/recipes.md.
/// </summary>
internal sealed class RowMessages
{
    private readonly ActiveRun _run;
    private readonly string _input;
    private readonly string? _resultQueue;
    private readonly RecipeMessage? _step;
    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);

    private RowMessages(ActiveRun run, string input, string? resultQueue, RecipeMessage? step)
    {
        _run = run;
        _input = input;
        _resultQueue = resultQueue;
        _step = step;
    }

    /// <summary>The messages of a run. An error when they may not go where its recipe says.</summary>
    /// <param name="run">The run.</param>
    /// <param name="input">The name of the dataset that it reads.</param>
    /// <param name="queues">Where messages may go.</param>
    public static Result<RowMessages> Of(ActiveRun run, string input, RecipeQueues queues)
    {
        if (RunRecipe.Find(run.Description) is not { } json)
        {
            return new RowMessages(run, input, queues.ResultQueue, null);
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
            Environment = RecipeMessage.Named(run.Id.ToString()),
            Payload = start.Payload,
        };
        var messages = new RowMessages(run, input, queues.ResultQueue, step);
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

    /// <summary>The messages of one row. One that says an error goes where the recipe sends errors.</summary>
    public IEnumerable<QueuedMessage> OfRow(SiteResult row)
    {
        JsonElement values = JsonElement.Parse(row.Row);
        JsonElement payload = Payload(values);
        if (_resultQueue is not null)
        {
            yield return new QueuedMessage(_resultQueue, BusMessage.NoHeaders, Bytes(payload.WriteTo));
        }

        foreach (QueuedMessage message in Sent(
            node => values.TryGetProperty("error"u8, out _) ? node.Errors : node.To(RunRecipe.RowOutput, isMain: true), payload))
        {
            yield return message;
        }
    }

    /// <summary>The messages that say that all rows have gone.</summary>
    public IEnumerable<QueuedMessage> OfEnd(long rows) => Sent(
        node => node.To(RunRecipe.EndOutput, isMain: false),
        Payload(JsonElement.Parse(FormattableString.Invariant($"{{\"frames\":{rows}}}"))));

    private IEnumerable<QueuedMessage> Sent(Func<RecipeNode, IReadOnlyList<int>> to, JsonElement payload) => _step is null
        ? []
        : _step.Send(to(_step.Node), payload).Value.Select(message => message with { Queue = _names[message.Queue] });

    /// <summary>What a message says: where the frame is, then the row.</summary>
    private JsonElement Payload(JsonElement row) => JsonElement.Parse(Bytes(json =>
    {
        json.WriteStartObject();
        json.WriteString("file"u8, _input);
        foreach (JsonProperty value in row.EnumerateObject())
        {
            value.WriteTo(json);
        }

        json.WriteString("dataset"u8, _run.Input.Dataset.ToString());
        json.WriteString("results"u8, _run.Output.ToString());
        json.WriteString("run"u8, _run.Id.ToString("N"));
        json.WriteEndObject();
    }).Span);

    private static ReadOnlyMemory<byte> Bytes(Action<Utf8JsonWriter> write)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes))
        {
            write(json);
        }

        return bytes.WrittenMemory;
    }
}
