using System.Diagnostics;
using Hutch.Disk.Folders;
using Hutch.Model;
using Hutch.Model.Site;
using Hutch.Site.Write.Blobs;
using Hutch.Site.Write.Folders;

namespace Hutch.Site.Tests.Sites;

/// <summary>A folder as a microscope writes it, and a dataset whose files stay in it.</summary>
internal sealed class FacilityFolder : IDisposable
{
    private FacilityFolder(TestSite site, string path, SiteDataset dataset)
    {
        Site = site;
        Path = path;
        Dataset = dataset;
    }

    public TestSite Site { get; }

    public string Path { get; private set; }

    public SiteDataset Dataset { get; }

    /// <summary>How many files were written.</summary>
    public int Written { get; private set; }

    /// <summary>How many had been written when the folder was last looked at.</summary>
    public int Registered { get; private set; }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<FacilityFolder> CreateAsync(TestSite site, string slug = "session")
    {
        string path = Directory.CreateTempSubdirectory("hutch-facility-").FullName;
        SiteDataset dataset = await site.CreateAsync(slug);
        Assert.True((await site.Site.Folders.SetFolderAsync(dataset.Id, new FolderLocation(path, null), "agent", Ct)).IsOk);
        return new FacilityFolder(site, path, dataset);
    }

    /// <summary>Writes a file as an instrument does.</summary>
    public void Write(string name, ReadOnlySpan<byte> content)
    {
        string path = System.IO.Path.Combine(Path, name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
        Written++;
    }

    public void Delete(string name) => File.Delete(System.IO.Path.Combine(Path, name));

    /// <summary>Moves the folder elsewhere, and tells the site.</summary>
    public async Task MoveAsync()
    {
        string to = Path + "-moved";
        Directory.Move(Path, to);
        Path = to;
        Assert.True((await Site.Site.Folders.SetFolderAsync(Dataset.Id, new FolderLocation(to, null), "agent", Ct)).IsOk);
    }

    /// <summary>Looks at the folder and registers what differs from the head, as an agent does.</summary>
    public async Task<int> RegisterAsync()
    {
        Registered = Written;
        var there = new Dictionary<string, FolderChange>(StringComparer.Ordinal);
        using (FolderHandle folder = FolderHandle.Open(Path))
        {
            Look(folder, "", there);
        }

        IEnumerable<FolderChange> vanished = (await Site.ListAsync(Dataset.Id)).Where(path => !there.ContainsKey(path))
            .Select(path => FolderChange.Vanished(DatasetPath.Parse(path).Value));
        return (await Site.Site.Folders.RegisterAsync(Dataset.Id, [.. vanished, .. there.Values], Ct)).Value;
    }

    /// <summary>Hashes what waits, when the times of the files are old enough.</summary>
    public async Task<int> HashAsync()
    {
        Site.Time.Advance(TimeSpan.FromMinutes(1));
        return await Site.Site.FolderHasher.HashAllAsync(Ct);
    }

    /// <summary>Registers what differs from the head, and hashes it.</summary>
    public async Task FollowAsync()
    {
        await RegisterAsync();
        await HashAsync();
    }

    /// <summary>Waits until the file system's clock has moved on, so that another change has other times.</summary>
    public void WaitForNextTick()
    {
        string probe = System.IO.Path.Combine(Path, "..", System.IO.Path.GetFileName(Path) + ".probe");
        File.WriteAllBytes(probe, []);
        DateTime first = File.GetLastWriteTimeUtc(probe);
        var watch = Stopwatch.StartNew();
        while (File.GetLastWriteTimeUtc(probe) == first && watch.Elapsed < TimeSpan.FromSeconds(5))
        {
            File.WriteAllBytes(probe, [1]);
        }

        File.Delete(probe);
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);

    private static void Look(FolderHandle folder, string above, Dictionary<string, FolderChange> there)
    {
        var names = new List<string>();
        folder.List((raw, _) =>
        {
            names.Add(FolderHandle.Decode(raw).Name);
            return true;
        });
        foreach (string name in names)
        {
            FileStatus status = folder.Status(name)!.Value;
            DatasetPath path = status.Type == FileType.Folder ? default : DatasetPath.Parse(above + name).Value;
            switch (status.Type)
            {
                case FileType.Folder:
                    using (FolderHandle below = folder.TryOpenFolder(name)!)
                    {
                        Look(below, above + name + "/", there);
                    }

                    break;
                case FileType.SymbolicLink:
                    there.Add(path.Value, FolderChange.Link(path, folder.ReadLink(name).Name, status.ModifiedNanoseconds));
                    break;
                default:
                    there.Add(path.Value, FolderChange.File(path, FolderFileReader.StampOf(status), status.Executable));
                    break;
            }
        }
    }
}
