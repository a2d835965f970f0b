namespace Hutch.Cluster.Bytes.Packing;

internal static class PackLane
{
    /// <exception cref="StorageFormatException">A newer Hutch wrote it.</exception>
    public static Lane For(PackRow pack) => For(pack.Lane);

    /// <exception cref="StorageFormatException">A newer Hutch wrote it.</exception>
    public static Lane For(string name) => Lane.TryParse(name, out Lane lane)
        ? lane
        : throw new StorageFormatException($"This version does not know the lane '{name}'. A newer Hutch wrote it: start that version.");
}
