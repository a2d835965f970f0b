using System.Globalization;
using System.Security.Cryptography;
using Hutch.Cluster.Bytes;
using Hutch.Cluster.Tests.Bytes.Support;
using Hutch.Model.Site;
using Hutch.Site;
using Hutch.Site.Tests.Sites;
using Hutch.Site.Write.Blobs;
using Hutch.Testing.Clocks;
using Hutch.Testing.Objects;

namespace Hutch.Cluster.Tests.Bytes.Salvage;

/// <summary>With the database and all servers gone, <c>deploy/salvage/salvage.sh</c> gets every file out of a copy of the bucket alone.</summary>
public sealed class BucketSalvageTests : IAsyncLifetime
{
    private readonly string _work = Directory.CreateTempSubdirectory("hutch-bucket-").FullName;
    private readonly ShiftedTime _time = new();
    private readonly MemoryObjectStore _objects = new();
    private readonly Dictionary<string, byte[]> _files = new(StringComparer.Ordinal);
    private MemoryRows _rows = null!;
    private ClusterServer _server = null!;
    private TestSite _site = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _rows = new MemoryRows(_time);
        _server = new ClusterServer(_rows, _objects, _time);
        _site = await TestSite.OpenAsync(new SiteOptions
        {
            Engine = new RowEngine(_server),
            Blobs = new BlobOptions { ExtentBytes = 1 << 20 },
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _site.DisposeAsync();
        await _server.DisposeAsync();
        _rows.Dispose();
        Directory.Delete(_work, recursive: true);
    }

    [Fact]
    public async Task Every_file_comes_out_of_the_bucket_under_its_own_name()
    {
        await FillAsync();

        (int exit, string output) = await SalvageAsync();

        Assert.True(exit == 0, output);
        AssertFiles(_files.Keys);
    }

    [Fact]
    public async Task A_damaged_extent_is_named_with_its_file_and_the_others_come_out()
    {
        await FillAsync();
        string name = _objects.Keys.First(static key => key.StartsWith("extents/", StringComparison.Ordinal));
        _objects[name][1000] ^= 1;

        (int exit, string output) = await SalvageAsync();

        Assert.True(exit == 1, output);
        string hit = Assert.Single(_files.Keys, path => output.Contains(path + ": FAILED", StringComparison.Ordinal));
        Assert.EndsWith("large.bin", hit, StringComparison.Ordinal);
        File.Delete(Path.Combine(_work, "target", hit));
        AssertFiles(_files.Keys.Where(path => path != hit));
    }

    [Fact]
    public async Task A_missing_pack_is_named_whichever_it_is()
    {
        await FillAsync();
        SiteDataset third = await _site.CreateAsync("third");
        for (int i = 0; i < 3; i++)
        {
            await PutAsync(third, $"file {i}", 1000);
            await _server.Packer.RunAsync(everything: true, Ct);
        }

        string[] condemned = [.. _rows.Rows.SelectMany(static row => LogDirectory.Read(row.Directory).Condemned).Select(static one => one.Name)];
        string[] packs = [.. _objects.Keys.Except(condemned).Where(static key => key.EndsWith(".tar", StringComparison.Ordinal))];
        Assert.True(packs.Length > 2);

        // No object refers to the last pack: without it, the bucket looks like an older copy.
        foreach (string missing in packs[..^1])
        {
            byte[] bytes = _objects[missing];
            _objects.Remove(missing);
            (int exit, string output) = await SalvageAsync();
            _objects[missing] = bytes;

            Assert.True(exit == 3, output);
            Assert.Contains(missing.Split('/')[^1] + " is missing", output, StringComparison.Ordinal);
        }
    }

    private async Task FillAsync()
    {
        foreach (string slug in new[] { "first", "second" })
        {
            SiteDataset dataset = await _site.CreateAsync(slug);
            for (int i = 0; i < 60; i++)
            {
                await PutAsync(dataset, string.Create(CultureInfo.InvariantCulture, $"run {i % 7}/naïve_{i:d3}"), (i * 331) % 30_000);
                if (i % 20 == 0)
                {
                    await PackAsync();
                }
            }

            await PutAsync(dataset, "large.bin", (5 << 20) + 17);
            Assert.True((await _site.RemoveAsync(dataset.Id, "run 0/naïve_000")).IsOk);
            _files.Remove($"anna/{slug}/run 0/naïve_000");
        }

        await PackAsync();
    }

    private async Task PackAsync()
    {
        await _server.Packer.RunAsync(everything: true, Ct);
        await _server.Merger.RunAsync(Ct);
    }

    private async Task PutAsync(SiteDataset dataset, string path, int length)
    {
        byte[] content = RandomNumberGenerator.GetBytes(length);
        Assert.True((await _site.PutAsync(dataset.Id, path, content)).IsOk);
        _files[$"anna/{dataset.Slug}/{path}"] = content;
    }

    private void AssertFiles(IEnumerable<string> expected) => SalvagedBucket.AssertFiles(_work, _files, expected);

    private Task<(int Exit, string Output)> SalvageAsync() => SalvagedBucket.RunAsync(_objects, _work, Ct);
}
