using static Hutch.Client.Http.RestRequest;

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
            client.ListAsync("datasets" + Query(("owner", owner), ("state", state)), HutchJson.Default.PageDatasetInfo, ct);

        /// <param name="query">The query; empty for all datasets.</param>
        /// <param name="sort">The order; null for the newest first.</param>
        /// <param name="note">Called with each sentence about the list as a whole.</param>
        public IAsyncEnumerable<DatasetInfo> SearchAsync(
            string query, string? sort = null, Action<string>? note = null, CancellationToken ct = default) =>
            client.ListAsync("search" + Query(("q", query), ("sort", sort)), HutchJson.Default.PageDatasetInfo, note, ct);

        public Task<FacetsInfo> FacetsAsync(string query, CancellationToken ct = default) =>
            client.GetAsync("search/facets" + Query(("q", query)), HutchJson.Default.FacetsInfo, ct);

        /// <summary>Finds a dataset by id, slug or <c>owner/slug</c>.</summary>
        public Task<DatasetInfo> ResolveAsync(string name, CancellationToken ct = default) =>
            client.GetAsync("datasets/resolve" + Query(("name", name)), HutchJson.Default.DatasetInfo, ct);

        public Task<DatasetInfo> GetDatasetAsync(DatasetId id, CancellationToken ct = default) =>
            client.GetAsync($"datasets/{id}", HutchJson.Default.DatasetInfo, ct);

        /// <summary>Makes a dataset, or derives one when it names parents.</summary>
        public Task<DatasetInfo> CreateDatasetAsync(CreateDataset dataset, CancellationToken ct = default) =>
            client.PostAsync("datasets", Body(dataset, HutchJson.Default.CreateDataset), HutchJson.Default.DatasetInfo, ct);

        /// <summary>Closes a dataset: it never changes again.</summary>
        public Task<DatasetInfo> CloseDatasetAsync(DatasetId id, CloseDataset close, CancellationToken ct = default) =>
            client.PostAsync($"datasets/{id}/close", Body(close, HutchJson.Default.CloseDataset), HutchJson.Default.DatasetInfo, ct);

        /// <summary>Makes a temporary dataset last; returns when its bytes are copied.</summary>
        public Task<KeepInfo> KeepDatasetAsync(DatasetId id, CancellationToken ct = default) =>
            client.CallAsync(() => Request(HttpMethod.Post, $"datasets/{id}/keep"), repeatable: false, HutchJson.Default.KeepInfo, ct);

        public Task<DatasetInfo> DeleteDatasetAsync(DatasetId id, CancellationToken ct = default) =>
            client.CallAsync(() => Request(HttpMethod.Delete, $"datasets/{id}"), repeatable: false, HutchJson.Default.DatasetInfo, ct);

        public Task<DatasetInfo> RestoreDatasetAsync(DatasetId id, CancellationToken ct = default) =>
            client.CallAsync(
                () => Request(HttpMethod.Post, $"datasets/{id}/restore"), repeatable: false, HutchJson.Default.DatasetInfo, ct);

        /// <summary>Deletes the bytes of a dataset now and for good.</summary>
        public Task<DatasetInfo> PurgeDatasetAsync(DatasetId id, PurgeDataset purge, CancellationToken ct = default) =>
            client.PostAsync($"datasets/{id}/purge", Body(purge, HutchJson.Default.PurgeDataset), HutchJson.Default.DatasetInfo, ct);

        /// <summary>Changes name, title, type or visibility of a dataset.</summary>
        public Task<DatasetInfo> PatchDatasetAsync(DatasetId id, PatchDataset patch, CancellationToken ct = default)
        {
            var body = Body(patch, HutchJson.Default.PatchDataset);
            return client.CallAsync(
                () => Request(HttpMethod.Patch, $"datasets/{id}", body.ToContent()), repeatable: true, HutchJson.Default.DatasetInfo, ct);
        }

        /// <summary>The metadata document as it was given, and its version; version 0 and <c>{}</c> when none was set.</summary>
        public async Task<(string Document, string Version)> GetMetadataAsync(DatasetId id, CancellationToken ct = default)
        {
            using HttpResponseMessage response = await client.SendAsync(
                () => Request(HttpMethod.Get, $"datasets/{id}/metadata"), repeatable: true, ct);
            string document = await response.Content.ReadAsStringAsync(ct);
            return (document, response.Headers.ETag?.Tag ?? "\"0\"");
        }

        /// <param name="document">A JSON object.</param>
        /// <param name="version">Only if this is still its version; null for any.</param>
        public Task PutMetadataAsync(DatasetId id, ReadOnlyMemory<byte> document, string? version, CancellationToken ct = default) =>
            client.CallAsync(
                () =>
                {
                    HttpRequestMessage request = Request(HttpMethod.Put, $"datasets/{id}/metadata", new ReadOnlyMemoryContent(document));
                    request.Content!.Headers.ContentType = new System.Net.Http.Headers.MediaTypeHeaderValue("application/json");
                    if (version is not null)
                    {
                        request.Headers.TryAddWithoutValidation("If-Match", version);
                    }

                    return request;
                },
                repeatable: false,
                ct);

        public Task<DatasetDownloads> GetDownloadsAsync(DatasetId id, CancellationToken ct = default) =>
            client.GetAsync($"datasets/{id}/downloads", HutchJson.Default.DatasetDownloads, ct);

        public Task<AccessRequestInfo> RequestAccessAsync(DatasetId id, AskAccess ask, CancellationToken ct = default) =>
            client.PostAsync(
                $"datasets/{id}/access-request", Body(ask, HutchJson.Default.AskAccess), HutchJson.Default.AccessRequestInfo, ct);

        /// <summary>Takes the caller's own open request back.</summary>
        public Task WithdrawAccessRequestAsync(DatasetId id, CancellationToken ct = default) =>
            client.CallAsync(() => Request(HttpMethod.Delete, $"datasets/{id}/access-request"), repeatable: false, ct);

        /// <summary>Open requests that the caller may answer, or its own.</summary>
        public IAsyncEnumerable<AccessRequestInfo> ListAccessRequestsAsync(bool own, CancellationToken ct = default) =>
            client.ListAsync("access-requests" + (own ? "?own=true" : ""), HutchJson.Default.PageAccessRequestInfo, ct);

        public IAsyncEnumerable<AccessRequestInfo> ListAccessRequestsAsync(DatasetId id, CancellationToken ct = default) =>
            client.ListAsync($"datasets/{id}/access-requests", HutchJson.Default.PageAccessRequestInfo, ct);

        public Task AnswerAccessRequestAsync(DatasetId id, string user, AnswerAccess answer, CancellationToken ct = default)
        {
            var body = Body(answer, HutchJson.Default.AnswerAccess);
            return client.CallAsync(
                () => Request(HttpMethod.Post, $"datasets/{id}/access-requests/{Escape(user)}", body.ToContent()), repeatable: false, ct);
        }

        /// <summary>Offers a dataset to another owner; for some callers and owners, transfers it at once.</summary>
        public Task<DatasetInfo> ChangeOwnerAsync(DatasetId id, ChangeOwner owner, CancellationToken ct = default)
        {
            var body = Body(owner, HutchJson.Default.ChangeOwner);
            return client.CallAsync(
                () => Request(HttpMethod.Put, $"datasets/{id}/owner", body.ToContent()), repeatable: true, HutchJson.Default.DatasetInfo,
                ct);
        }

        /// <summary>The datasets that are offered to the caller and the groups it manages, or those of their own that they offer.</summary>
        public IAsyncEnumerable<OfferInfo> ListOffersAsync(bool own, CancellationToken ct = default) =>
            client.ListAsync("offers" + (own ? "?own=true" : ""), HutchJson.Default.PageOfferInfo, ct);

        /// <summary>Makes a dataset that is offered the caller's.</summary>
        public Task<DatasetInfo> AcceptOfferAsync(DatasetId id, AcceptOffer accept, CancellationToken ct = default) =>
            client.PostAsync($"offers/{id}/accept", Body(accept, HutchJson.Default.AcceptOffer), HutchJson.Default.DatasetInfo, ct);

        /// <summary>Declines an offer, or takes one's own back.</summary>
        public Task EndOfferAsync(DatasetId id, CancellationToken ct = default) =>
            client.CallAsync(() => Request(HttpMethod.Delete, $"offers/{id}"), repeatable: false, ct);
    }
}
