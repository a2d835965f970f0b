namespace Hutch.Client;

/// <summary>The recall of datasets from nearline storage.</summary>
public static class RecallCalls
{
    extension(HutchClient client)
    {
        /// <summary>Returns how much of a dataset is in nearline storage only.</summary>
        public Task<RecallInfo> GetRecallAsync(DatasetId dataset, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Storage.FindRecall.At(dataset), ct);

        /// <summary>Recalls a dataset, and keeps it readable until a time.</summary>
        public Task<RecallInfo> RecallAsync(DatasetId dataset, DateTimeOffset until, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Storage.Recall.At(dataset), new PutRecall { Until = until }, ct);

        /// <summary>Ends the time for which a dataset is kept readable.</summary>
        public Task<RecallInfo> EndRecallAsync(DatasetId dataset, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Storage.EndRecall.At(dataset), ct);
    }
}
