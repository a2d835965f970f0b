using Hutch.Model.Sites;

namespace Hutch.Datasets.Replication.Sites;

/// <summary>The key of this site, which signs its statements. Every server has one, with and without other sites.</summary>
public interface ISiteSigner
{
    /// <summary>The name of this site: in the zone that it has joined, otherwise from its configuration.</summary>
    string Name { get; }

    /// <summary>The fingerprint of the key, which is made when it is first asked for.</summary>
    ValueTask<BlobHash> GetKeyAsync(CancellationToken ct);

    /// <summary>Signs which files this site stores; the statement names the key of this site.</summary>
    ValueTask<string> SignAsync(ReceiptStatement statement, CancellationToken ct);

    /// <summary>Signs a statement about a rerun, which names the key of this site.</summary>
    /// <returns>The text to store.</returns>
    ValueTask<string> SignAsync(RerunStatement statement, CancellationToken ct);

    /// <summary>Returns the signer of the zone, at whose site this server is.</summary>
    ValueTask<IHomeSigner> SealAsync(CancellationToken ct);
}
