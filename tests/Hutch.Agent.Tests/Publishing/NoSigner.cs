using Hutch.Datasets.Replication.Sites;
using Hutch.Model;
using Hutch.Model.Sites;
using Hutch.Model.Zone;

namespace Hutch.Agent.Tests.Publishing;

/// <summary>The signer of a site that signs nothing.</summary>
internal sealed class NoSigner : ISiteSigner
{
    public string Name => "facility";

    public ValueTask<BlobHash> GetKeyAsync(CancellationToken ct) => throw new NotSupportedException();

    public ValueTask<string> SignAsync(ReceiptStatement statement, CancellationToken ct) => throw new NotSupportedException();

    public ValueTask<string> SignAsync(RerunStatement statement, CancellationToken ct) => throw new NotSupportedException();

    public ValueTask<IHomeSigner> SealAsync(CancellationToken ct) => throw new NotSupportedException();
}
