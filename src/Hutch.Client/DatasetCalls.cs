using System.Net.Http.Headers;

namespace Hutch.Client;

/// <summary>Datasets: find, make, close, trash.</summary>
public static class DatasetCalls
{
    extension(HutchClient client)
    {
        /// <param name="owner">Only those of this owner.</param>
        /// <param name="state">Only those that are <c>open</c>, <c>closed</c> or in the <c>trash</c>.</param>
        public IAsyncEnumerable<DatasetInfo> ListDatasetsAsync(
            string? owner = null, string? state = null, CancellationToken ct = default) =>
            client.ListAsync(RestCalls.Datasets.List.At().With("owner", owner).With("state", state), ct);

        /// <param name="query">The query; empty for all datasets.</param>
        /// <param name="sort">The order; null for the newest first.</param>
        /// <param name="note">Called with each sentence about the list as a whole.</param>
        /// <param name="publication">Called with each publication of a dataset that the caller may not see.</param>
        public async IAsyncEnumerable<DatasetInfo> SearchAsync(
            string query, string? sort = null, Action<string>? note = null, Action<FoundPublication>? publication = null,
            [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct = default)
        {
            string? cursor = null;
            do
            {
                SearchResults page = await client.CallAsync(
                    RestCalls.Datasets.Search.At().With("q", query).With("sort", sort).With("cursor", cursor), ct);
                foreach (string text in page.Notes ?? [])
                {
                    note?.Invoke(text);
                }

                foreach (FoundPublication one in page.Publications ?? [])
                {
                    publication?.Invoke(one);
                }

                foreach (DatasetInfo dataset in page.Items)
                {
                    yield return dataset;
                }

                cursor = page.Next;
            }
            while (cursor is not null);
        }

        public Task<FacetsInfo> FacetsAsync(string query, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Datasets.CountFacets.At().With("q", query), ct);

        /// <summary>Finds a dataset by id, slug or <c>owner/slug</c>.</summary>
        public Task<DatasetInfo> ResolveAsync(string name, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Datasets.Resolve.At().With("name", name), ct);

        public Task<DatasetInfo> GetDatasetAsync(DatasetId id, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Datasets.Find.At(id), ct);

        /// <summary>Makes a dataset, or derives one when it names parents.</summary>
        public Task<DatasetInfo> CreateDatasetAsync(CreateDataset dataset, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Datasets.Create.At(), dataset, ct);

        /// <summary>Closes a dataset: it never changes again.</summary>
        public Task<DatasetInfo> CloseDatasetAsync(DatasetId id, CloseDataset close, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Datasets.Close.At(id), close, ct);

        /// <summary>Makes a temporary dataset last; returns when its bytes are copied.</summary>
        public Task<KeepInfo> KeepDatasetAsync(DatasetId id, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Datasets.Keep.At(id), ct);

        public Task<DatasetInfo> DeleteDatasetAsync(DatasetId id, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Datasets.Trash.At(id), ct);

        public Task<DatasetInfo> RestoreDatasetAsync(DatasetId id, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Datasets.Restore.At(id), ct);

        /// <summary>Deletes the bytes of a dataset now and for good.</summary>
        public Task<DatasetInfo> PurgeDatasetAsync(DatasetId id, PurgeDataset purge, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Datasets.Purge.At(id), purge, ct);

        /// <summary>Changes name, title, type or visibility of a dataset.</summary>
        public Task<DatasetInfo> PatchDatasetAsync(DatasetId id, PatchDataset patch, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Datasets.Change.At(id), patch, ct);

        /// <summary>The metadata document as it was given, and its version; version 0 and <c>{}</c> when none was set.</summary>
        public async Task<(string Document, string Version)> GetMetadataAsync(DatasetId id, CancellationToken ct = default)
        {
            using HttpResponseMessage response = await client.OpenAsync(RestCalls.Metadata.Find.At(id), ct);
            string document = await response.Content.ReadAsStringAsync(ct);
            return (document, response.Headers.ETag?.Tag ?? "\"0\"");
        }

        /// <param name="document">A JSON object.</param>
        /// <param name="version">Only if this is still its version; null for any.</param>
        public Task PutMetadataAsync(DatasetId id, ReadOnlyMemory<byte> document, string? version, CancellationToken ct = default) =>
            client.DoAsync(
                RestCalls.Metadata.Replace.At(id),
                request =>
                {
                    request.Content = new ReadOnlyMemoryContent(document);
                    request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
                    if (version is not null)
                    {
                        request.Headers.TryAddWithoutValidation("If-Match", version);
                    }
                },
                ct);

        public Task<DatasetDownloads> GetDownloadsAsync(DatasetId id, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Activity.CountDownloads.At(id), ct);

        public Task<AccessRequestInfo> RequestAccessAsync(DatasetId id, AskAccess ask, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Sharing.RequestAccess.At(id), ask, ct);

        /// <summary>Takes the caller's own open request back.</summary>
        public Task WithdrawAccessRequestAsync(DatasetId id, CancellationToken ct = default) =>
            client.DoAsync(RestCalls.Sharing.WithdrawRequest.At(id), ct);

        /// <summary>Open requests that the caller may answer, or its own.</summary>
        public IAsyncEnumerable<AccessRequestInfo> ListAccessRequestsAsync(bool own, CancellationToken ct = default) =>
            client.ListAsync(RestCalls.Sharing.ListAllRequests.At().With("own", own), ct);

        public IAsyncEnumerable<AccessRequestInfo> ListAccessRequestsAsync(DatasetId id, CancellationToken ct = default) =>
            client.ListAsync(RestCalls.Sharing.ListRequests.At(id), ct);

        public Task AnswerAccessRequestAsync(DatasetId id, string user, AnswerAccess answer, CancellationToken ct = default) =>
            client.DoAsync(RestCalls.Sharing.AnswerRequest.At(id, user), answer, ct);

        /// <summary>Offers a dataset to another owner; for some callers and owners, transfers it at once.</summary>
        public Task<DatasetInfo> ChangeOwnerAsync(DatasetId id, ChangeOwner owner, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Sharing.ChangeOwner.At(id), owner, ct);

        /// <summary>The datasets that are offered to the caller and the groups it manages, or those of their own that they offer.</summary>
        public IAsyncEnumerable<OfferInfo> ListOffersAsync(bool own, CancellationToken ct = default) =>
            client.ListAsync(RestCalls.Sharing.ListOffers.At().With("own", own), ct);

        /// <summary>Makes a dataset that is offered the caller's.</summary>
        public Task<DatasetInfo> AcceptOfferAsync(DatasetId id, AcceptOffer accept, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Sharing.AcceptOffer.At(id), accept, ct);

        /// <summary>Declines an offer, or takes one's own back.</summary>
        public Task EndOfferAsync(DatasetId id, CancellationToken ct = default) => client.DoAsync(RestCalls.Sharing.EndOffer.At(id), ct);
    }
}
