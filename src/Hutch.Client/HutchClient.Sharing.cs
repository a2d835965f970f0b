using Hutch.Contracts;
using Hutch.Model;

namespace Hutch.Client;

/// <content>Grants and share links.</content>
public sealed partial class HutchClient
{
    public IAsyncEnumerable<GrantInfo> ListGrantsAsync(DatasetId id, CancellationToken ct = default) =>
        ListAsync($"datasets/{id}/grants", HutchJson.Default.PageGrantInfo, ct);

    /// <summary>Gives a right to <c>user:NAME</c>, <c>group:NAME</c> or <c>public</c>.</summary>
    public Task PutGrantAsync(DatasetId id, string principal, PutGrant grant, CancellationToken ct = default)
    {
        var body = Body(grant, HutchJson.Default.PutGrant);
        return CallAsync(
            () => Request(HttpMethod.Put, $"datasets/{id}/grants/{Escape(principal)}", body.ToContent()), repeatable: true, ct);
    }

    public Task DeleteGrantAsync(DatasetId id, string principal, CancellationToken ct = default) =>
        CallAsync(() => Request(HttpMethod.Delete, $"datasets/{id}/grants/{Escape(principal)}"), repeatable: false, ct);

    /// <summary>The share links of a dataset, without their secrets.</summary>
    public IAsyncEnumerable<LinkInfo> ListLinksAsync(DatasetId id, CancellationToken ct = default) =>
        ListAsync($"datasets/{id}/links", HutchJson.Default.PageLinkInfo, ct);

    public Task<CreatedLink> CreateLinkAsync(DatasetId id, CreateLink link, CancellationToken ct = default) =>
        PostAsync($"datasets/{id}/links", Body(link, HutchJson.Default.CreateLink), HutchJson.Default.CreatedLink, ct);

    public Task DeleteLinkAsync(DatasetId id, string link, CancellationToken ct = default) =>
        CallAsync(() => Request(HttpMethod.Delete, $"datasets/{id}/links/{Escape(link)}"), repeatable: false, ct);
}
