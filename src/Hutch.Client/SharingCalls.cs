namespace Hutch.Client;

/// <summary>Grants and share links.</summary>
public static class SharingCalls
{
    extension(HutchClient client)
    {
        public IAsyncEnumerable<GrantInfo> ListGrantsAsync(DatasetId id, CancellationToken ct = default) =>
            client.ListAsync(RestCalls.Sharing.ListGrants.At(id), ct);

        /// <summary>Gives a right to <c>user:NAME</c>, <c>group:NAME</c> or <c>public</c>.</summary>
        public Task PutGrantAsync(DatasetId id, string principal, PutGrant grant, CancellationToken ct = default) =>
            client.DoAsync(RestCalls.Sharing.PutGrant.At(id, principal), grant, ct);

        public Task DeleteGrantAsync(DatasetId id, string principal, CancellationToken ct = default) =>
            client.DoAsync(RestCalls.Sharing.RemoveGrant.At(id, principal), ct);

        /// <summary>The share links of a dataset, without their secrets.</summary>
        public IAsyncEnumerable<LinkInfo> ListLinksAsync(DatasetId id, CancellationToken ct = default) =>
            client.ListAsync(RestCalls.Sharing.ListLinks.At(id), ct);

        public Task<CreatedLink> CreateLinkAsync(DatasetId id, CreateLink link, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Sharing.CreateLink.At(id), link, ct);

        public Task DeleteLinkAsync(DatasetId id, string link, CancellationToken ct = default) =>
            client.DoAsync(RestCalls.Sharing.RevokeLink.At(id, link), ct);
    }
}
