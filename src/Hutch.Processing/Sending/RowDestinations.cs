using Hutch.Messaging.Callbacks;
using Hutch.Messaging.Datagrams;
using Hutch.Processing.Runs;

namespace Hutch.Processing.Sending;

public sealed class RowDestinations(
    RunInputs inputs, IMessageBus bus, RecipeQueues queues, CallbackAddresses addresses, CallbackClient callbacks, DatagramSender datagrams,
    TimeProvider time, ILogger<RowDestinations> logger)
{
    /// <summary>The names of all destinations, under which their positions are kept.</summary>
    internal static readonly string[] Names = [QueueDestination.Key, CallbackDestination.Key, DatagramDestination.Key];

    /// <exception cref="HutchException">The rows are not allowed at their destination.</exception>
    internal async Task<IReadOnlyList<IRowDestination>> OfAsync(ActiveRun run, Task written, CancellationToken ct)
    {
        bool hasRows = RunRecipe.Find(run.Description) is not null && !RunRecipe.IsFeed(run.Description);
        bool isQueued = hasRows || queues.ResultQueue is not null;
        string? callback = RunCallback.Find(run.Description);
        bool isTold = datagrams.IsOn && run.Namespace == WorkerNamespace.Default;
        if (!isQueued && callback is null && !isTold)
        {
            return [];
        }

        SiteDataset? input = (await inputs.DatasetAsync(run.Input.Dataset, ct)).TryGet(out SiteDataset? found, out _) ? found : null;
        var payload = new RowPayload(run, input is null ? run.Input.Dataset.ToString() : $"{input.Owner}/{input.Slug}");
        var destinations = new List<IRowDestination>();
        if (isQueued)
        {
            destinations.Add(new QueueDestination(RowMessages.From(payload, queues).Value, bus));
        }

        if (callback is not null)
        {
            destinations.Add(new CallbackDestination(payload, addresses.Find(callback).Value, callbacks, written, time, logger));
        }

        if (isTold)
        {
            destinations.Add(new DatagramDestination(run, input?.Slug ?? "", inputs, datagrams));
        }

        return destinations;
    }
}
