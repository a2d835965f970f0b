using static Hutch.Client.Http.RestRequest;

namespace Hutch.Client;

/// <summary>The recall of datasets from nearline storage.</summary>
public static class RecallCalls
{
    extension(HutchClient client)
    {
        /// <summary>Returns how much of a dataset is in nearline storage only.</summary>
        public Task<RecallInfo> GetRecallAsync(DatasetId dataset, CancellationToken ct = default) =>
            client.GetAsync(Path(dataset), HutchJson.Default.RecallInfo, ct);

        /// <summary>Recalls a dataset, and keeps it readable until a time.</summary>
        public Task<RecallInfo> RecallAsync(DatasetId dataset, DateTimeOffset until, CancellationToken ct = default) => client.CallAsync(
            () => Request(HttpMethod.Put, Path(dataset), Body(new PutRecall { Until = until }, HutchJson.Default.PutRecall).ToContent()),
            repeatable: true, HutchJson.Default.RecallInfo, ct);

        /// <summary>Ends the time for which a dataset is kept readable.</summary>
        public Task<RecallInfo> EndRecallAsync(DatasetId dataset, CancellationToken ct = default) => client.CallAsync(
            () => Request(HttpMethod.Delete, Path(dataset)), repeatable: true, HutchJson.Default.RecallInfo, ct);
    }

    private static string Path(DatasetId dataset) => $"datasets/{dataset}/recall";
}
