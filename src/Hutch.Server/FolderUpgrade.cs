using Hutch.Datasets.Upgrades;

namespace Hutch.Server;

/// <summary>Upgrades a data folder that no server has open, and takes the last upgrade back.</summary>
public static class FolderUpgrade
{
    public static async Task<int> RunAsync(ServeOptions options, CancellationToken ct)
    {
        DataFolder.RequireThere(options.DataFolder);
        using DataFolder folder = await DataFolder.OpenAsync(LocalDisk.Instance, options, ct);
        return folder.Version.Format;
    }

    /// <summary>Reverts the last upgrade: accounts, rights and records return to their state before it; segments stay.</summary>
    /// <param name="ct">Cancels before anything is changed.</param>
    /// <returns>The copy that is in force again.</returns>
    public static async Task<UpgradeCopy> GoBackAsync(ServeOptions options, IReadOnlyList<string> names, CancellationToken ct)
    {
        DataFolder.RequireThere(options.DataFolder);
        FolderKind.Require(LocalDisk.Instance, options.DataFolder, isServers: false);
        using IDisposable ownership = DataFolderLock.Acquire(LocalDisk.Instance, options.DataFolder, options.AllowNetworkFileSystem);
        return await new FolderUpgrader(LocalDisk.Instance, options.DataFolder, options.Time).GoBackAsync(names, ct);
    }
}
