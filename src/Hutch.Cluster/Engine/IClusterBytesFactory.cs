using Hutch.Disk;

namespace Hutch.Cluster.Engine;

/// <summary>Opens the bytes that the servers of a site share.</summary>
public interface IClusterBytesFactory
{
    /// <param name="disk">The disk of the data folder.</param>
    /// <param name="dataFolder">The data folder of this server: for what it knows of the bytes, and their cache.</param>
    /// <param name="server">Which server this is.</param>
    /// <param name="time">The clock.</param>
    /// <param name="ct">Cancels.</param>
    Task<IClusterBytes> OpenAsync(IDisk disk, string dataFolder, ServerIdentity server, TimeProvider time, CancellationToken ct);
}
