using Hutch.Catalog.Members;
using Hutch.Cluster.Bytes.Cache;
using Hutch.Cluster.Engine;
using Hutch.Disk;
using Hutch.Objects;

namespace Hutch.Cluster.Bytes;

/// <summary>Opens the bytes of a site in a bucket.</summary>
/// <param name="connect">Connects to the bucket, which <see cref="ObjectSite"/> has claimed for the site.</param>
/// <param name="cache">How much of the server's disk is used to keep bytes near.</param>
/// <param name="newId">Where ids come from.</param>
public sealed class ObjectBytesFactory(Func<IObjectStore> connect, CacheOptions cache, Func<Guid> newId) : IClusterBytesFactory
{
    private const string CacheFolder = "cache";

    /// <inheritdoc/>
    public Task<IClusterBytes> OpenAsync(IDisk disk, string dataFolder, ServerIdentity server, TimeProvider time, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var opened = ByteCache.Open(disk, Path.Combine(dataFolder, CacheFolder), cache);
        var view = new MemberView(MemberDatabase.Open(disk, dataFolder, time), opened);

        // Not the server's own id: it stays when the server starts again, and no name may be used twice.
        return Task.FromResult<IClusterBytes>(new ObjectBytes(connect(), view, opened, newId(), time));
    }
}
