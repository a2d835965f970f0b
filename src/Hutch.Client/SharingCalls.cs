using static Hutch.Client.Http.RestRequest;

namespace Hutch.Client;

/// <summary>Grants and share links.</summary>
public static class SharingCalls
{
    extension(HutchClient client)
    {
        public IAsyncEnumerable<GrantInfo> ListGrantsAsync(DatasetId id, CancellationToken ct = default) =>
            client.ListAsync($"datasets/{id}/grants", HutchJson.Default.PageGrantInfo, ct);

        /// <summary>Gives a right to <c>user:NAME</c>, <c>group:NAME</c> or <c>public</c>.</summary>
        public Task PutGrantAsync(DatasetId id, string principal, PutGrant grant, CancellationToken ct = default)
        {
            var body = Body(grant, HutchJson.Default.PutGrant);
            return client.CallAsync(
                () => Request(HttpMethod.Put, $"datasets/{id}/grants/{Escape(principal)}", body.ToContent()), repeatable: true, ct);
        }

        public Task DeleteGrantAsync(DatasetId id, string principal, CancellationToken ct = default) =>
            client.CallAsync(() => Request(HttpMethod.Delete, $"datasets/{id}/grants/{Escape(principal)}"), repeatable: false, ct);

        /// <summary>The share links of a dataset, without their secrets.</summary>
        public IAsyncEnumerable<LinkInfo> ListLinksAsync(DatasetId id, CancellationToken ct = default) =>
            client.ListAsync($"datasets/{id}/links", HutchJson.Default.PageLinkInfo, ct);

        public Task<CreatedLink> CreateLinkAsync(DatasetId id, CreateLink link, CancellationToken ct = default) =>
            client.PostAsync($"datasets/{id}/links", Body(link, HutchJson.Default.CreateLink), HutchJson.Default.CreatedLink, ct);

        public Task DeleteLinkAsync(DatasetId id, string link, CancellationToken ct = default) =>
            client.CallAsync(() => Request(HttpMethod.Delete, $"datasets/{id}/links/{Escape(link)}"), repeatable: false, ct);
    }
}
