using System.Security.Cryptography;
using Hutch.Site.Write.Committing;

namespace Hutch.Site.Write.Blobs;

/// <summary>A small, slow blob whose first bytes were spilled to the disk to free memory. Garbage unless it is received whole.</summary>
internal sealed class SpilledBlob : IAsyncDisposable
{
    private readonly IncrementalHash _hash;
    private readonly IDisposable _operation;

    internal SpilledBlob(Func<IncrementalHash, ExtentWriter> open, OperationTracker operations)
    {
        _operation = operations.Begin();
        _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Writer = open(_hash);
    }

    internal ExtentWriter Writer { get; }

    internal BlobHash Finish() => new(_hash.GetHashAndReset());

    public async ValueTask DisposeAsync()
    {
        await Writer.DisposeAsync();
        _hash.Dispose();
        _operation.Dispose();
    }
}
