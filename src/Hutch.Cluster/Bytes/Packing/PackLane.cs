using Hutch.Catalog.Members;
using Hutch.Storage;

namespace Hutch.Cluster.Bytes.Packing;

/// <summary>The lane of a pack, by its name in the tables.</summary>
internal static class PackLane
{
    /// <exception cref="StorageFormatException">A newer Hutch wrote it.</exception>
    public static Lane Of(PackRow pack) => Lane.TryParse(pack.Lane, out Lane lane)
        ? lane
        : throw new StorageFormatException($"The pack '{pack.ObjectName}' is in the lane '{pack.Lane}', which this version does not know.");
}
