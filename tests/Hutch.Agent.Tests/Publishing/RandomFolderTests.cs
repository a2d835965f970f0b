using System.Globalization;
using Hutch.Agent.Rules;
using Hutch.Agent.Watching;
using Hutch.Model;
using Hutch.Model.Site;

namespace Hutch.Agent.Tests.Publishing;

/// <summary>Whatever happens in a folder, and wherever the server is stopped, two looks later the dataset is like the folder.</summary>
public sealed class RandomFolderTests
{
    private const int Steps = 60;

    private static readonly string[] Names = ["a", "b", "sub/a", "sub/b", "sub/deep/c", "other/d", "kind", "kind/e", "kind/e/f"];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task After_any_changes_and_stops_the_dataset_is_like_the_folder(int seed)
    {
        await using Facility facility = await Facility.OpenAsync();
        var random = new Random(seed);
        string folder = "session";
        facility.Drop(folder);
        for (int step = 0; step < Steps; step++)
        {
            folder = await StepAsync(facility, folder, random);
        }

        Restore(facility, folder);
        await facility.LookAsync(folder, folder);

        SiteDataset dataset = Assert.Single(await facility.Site.FolderRecords.ListAsync(Ct));
        Assert.Equal(facility.PathOf(folder), dataset.Folder);
        Assert.Equal(dataset.Id.ToString(), facility.InBlock(folder, "Space"));
        Assert.Equal(Files(facility, folder), Sizes(await facility.EntriesAsync(dataset)));
        Assert.InRange((await LinksAsync(facility, dataset)).Count, 1, Steps);
        Assert.Contains("# Metadata of one cryo-EM session", facility.Metadata(folder), StringComparison.Ordinal);
    }

    private static async Task<string> StepAsync(Facility facility, string folder, Random random)
    {
        string name = Names[random.Next(Names.Length)];
        switch (random.Next(10))
        {
            case 0 or 1 or 2:
                MakeRoom(facility, folder, name);
                facility.Write(folder, name, new string('x', random.Next(1, 50)));
                break;
            case 3:
                Remove(facility.PathOf(folder, name));
                break;
            case 4:
                facility.Drop(folder, lines: $"Remark: {random.Next().ToString(CultureInfo.InvariantCulture)}\n");
                break;
            case 5:
                Directory.Move(facility.PathOf(folder), facility.PathOf(folder + "x"));
                folder += "x";
                break;
            case 6:
                await InterruptAsync(facility, folder, random);
                break;
            case 7:
                await facility.RestartAsync();
                break;
            default:
                await facility.LookAsync(folder);
                break;
        }

        return folder;
    }

    /// <summary>What was a file becomes a directory, and the other way round.</summary>
    private static void MakeRoom(Facility facility, string folder, string name)
    {
        string[] parts = name.Split('/');
        for (int count = 1; count < parts.Length; count++)
        {
            string above = facility.PathOf(folder, string.Join('/', parts[..count]));
            if (File.Exists(above))
            {
                File.Delete(above);
            }
        }

        if (Directory.Exists(facility.PathOf(folder, name)))
        {
            Remove(facility.PathOf(folder, name));
        }
    }

    private static void Remove(string path)
    {
        if (Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }
        else if (File.Exists(path))
        {
            File.Delete(path);
        }
    }

    /// <summary>Stops the server in the middle of a look.</summary>
    private static async Task InterruptAsync(Facility facility, string folder, Random random)
    {
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(random.Next(12)));
        try
        {
            FolderRule rule = FolderRule.From(new WatchedFolderOptions { Watch = facility.Parent }).Value;
            await facility.Agent.ScanAsync(new FolderScanRequest(facility.PathOf(folder), rule), stop.Token);
        }
        catch (OperationCanceledException)
        {
            // Wherever that was.
        }

        await facility.RestartAsync();
    }

    private static void Restore(Facility facility, string folder)
    {
        if (!File.Exists(facility.PathOf(folder, "SPA.yml")))
        {
            facility.Drop(folder);
        }
    }

    private static SortedDictionary<string, long> Files(Facility facility, string folder)
    {
        string top = facility.PathOf(folder);
        var files = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (string path in Directory.GetFiles(top, "*", SearchOption.AllDirectories))
        {
            string name = Path.GetRelativePath(top, path);
            if (name != "SPA.yml" && !name.StartsWith(".hutch-", StringComparison.Ordinal))
            {
                files.Add(name, new FileInfo(path).Length);
            }
        }

        return files;
    }

    private static SortedDictionary<string, long> Sizes(IReadOnlyDictionary<string, Entry> entries) => new(
        entries.Where(entry => entry.Key != "SPA.yml").ToDictionary(entry => entry.Key, entry => entry.Value.Size), StringComparer.Ordinal);

    private static async Task<IReadOnlyList<Model.Zone.LinkRecord>> LinksAsync(Facility facility, SiteDataset dataset) =>
        (await facility.Zone.Sharing.ListLinksAsync(await facility.AdminAsync(), dataset.Id, Ct)).Value;
}
