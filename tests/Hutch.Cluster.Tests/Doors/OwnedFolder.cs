using Hutch.Disk.Folders;
using Hutch.Model;
using Hutch.Site;
using Hutch.Site.Platform.Leases;
using Hutch.Site.Write.Blobs;
using Hutch.Site.Write.Folders;

namespace Hutch.Cluster.Tests.Doors;

/// <summary>A folder that one of equal servers watches, and a dataset whose files stay in it.</summary>
internal sealed class OwnedFolder : IAsyncDisposable
{
    private readonly SiteServices _site;
    private readonly IJobLease _watching;

    private OwnedFolder(SiteServices site, IJobLease watching, string dataset, string path) =>
        (_site, _watching, Dataset, Path) = (site, watching, dataset, path);

    public string Dataset { get; }

    public string Path { get; }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<OwnedFolder> CreateAsync(EqualServers servers, int owner)
    {
        SiteServices site = servers.SiteOf(owner);
        IJobLease watching = await site.Engine.Leases.TryAcquireAsync(IJobLeases.WatchingFolders, Ct)
            ?? throw new InvalidOperationException("Another server watches folders.");
        string dataset = await servers.CreateAsync(owner, "session");
        string path = Directory.CreateTempSubdirectory("hutch-owned-").FullName;
        _ = (await site.Folders.SetFolderAsync(Id(dataset), new FolderLocation(path, null), "agent", Ct)).Value;
        return new OwnedFolder(site, watching, dataset, path);
    }

    /// <summary>Writes a file as an instrument does, and registers it.</summary>
    public async Task WriteAsync(string name, byte[] content)
    {
        await File.WriteAllBytesAsync(System.IO.Path.Combine(Path, name), content, Ct);
        using FolderHandle folder = FolderHandle.Open(Path);
        FileStatus status = folder.Status(name)!.Value;
        var change = FolderChange.File(DatasetPath.Parse(name).Value, FolderFileReader.StampOf(status));
        Assert.Equal(1, (await _site.Folders.RegisterAsync(Id(Dataset), [change], Ct)).Value);
    }

    /// <summary>Hashes what waits, once it is old enough.</summary>
    public async Task HashAsync()
    {
        while (await _site.FolderHasher.HashAllAsync(Ct) > 0)
        {
            await Task.Delay(100, Ct);
        }
    }

    /// <summary>The server watches no longer, and its machine is gone with the folder.</summary>
    public async Task LoseAsync()
    {
        await _watching.DisposeAsync();
        Directory.Delete(Path, recursive: true);
    }

    public async ValueTask DisposeAsync()
    {
        if (Directory.Exists(Path))
        {
            await LoseAsync();
        }
    }

    private static DatasetId Id(string text) => DatasetId.TryParse(text, out DatasetId id) ? id : throw new FormatException(text);
}
