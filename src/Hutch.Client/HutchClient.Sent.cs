using Hutch.Contracts;
using Hutch.Model;

namespace Hutch.Client;

/// <content>Unreferenced uploads.</content>
public sealed partial class HutchClient
{
    /// <summary>Lists uploads to a dataset that no version of it references: pushes first.</summary>
    public IAsyncEnumerable<SentContentInfo> ListUnreferencedAsync(DatasetId id, CancellationToken ct = default) =>
        ListAsync($"datasets/{id}/sent", HutchJson.Default.PageSentContentInfo, ct);

    /// <summary>Ends a push of anybody, or content that no commit names.</summary>
    public Task EndUnreferencedAsync(DatasetId id, string sent, CancellationToken ct = default) =>
        CallAsync(() => Request(HttpMethod.Delete, $"datasets/{id}/sent/{Escape(sent)}"), repeatable: false, ct);
}
