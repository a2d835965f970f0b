using System.Buffers;
using Hutch.Model;
using Hutch.Site.Life.Maintenance;
using Hutch.Site.Write.Heads;
using Hutch.Testing.Clocks;
using Hutch.Testing.Damage;

namespace Hutch.Site.Tests.Damage;

/// <summary>
/// A flipped bit in <c>site.db</c> costs no file, also when garbage is collected and a checkpoint is written before anybody reads what it
/// hit: neither relies on a row that is not what was written.
/// </summary>
public sealed class DamagedRecordsTests : IAsyncLifetime
{
    private const int PageBytes = 4096;

    /// <summary>Everything that is not wholly alive is rewritten.</summary>
    private static readonly SiteOptions Eager = DamagedStore.Options with { Collector = new CollectorOptions { MinLivingPercent = 100 } };

    private static readonly SearchValues<byte> Hex = SearchValues.Create("0123456789abcdef"u8);

    private readonly string _work = Directory.CreateTempSubdirectory("hutch-records-").FullName;
    private DamagedStore _store = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>16 seeds; with <c>HUTCH_TORTURE=1</c> 500.</summary>
    private static int Seeds => Environment.GetEnvironmentVariable("HUTCH_TORTURE") is { Length: > 0 } ? 500 : 16;

    public async ValueTask InitializeAsync() =>
        _store = await DamagedStore.MakeAsync(Directory.CreateDirectory(Path.Combine(_work, "whole")).FullName, isSealed: true);

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_work, recursive: true);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_flipped_bit_costs_nothing_though_garbage_is_collected_and_a_checkpoint_written_before_anybody_reads_it()
    {
        var failures = new List<string>();
        int refusals = 0;
        for (int seed = 1; seed <= Seeds; seed++)
        {
            string folder = DamageSeed.Copy(_store.Folder, Path.Combine(_work, "open"));
            string damage = "";
            await using (SiteServices site = await DamagedStore.OpenAsync(folder, new ShiftedTime(), Eager))
            {
                await site.Committer.RunExclusiveAsync(_ => Task.FromResult(site.Records.TryEmptyLog()), Ct);
                damage = Flip(site.Records.Path, seed);
                refusals += await IsRefusedAsync(() => site.Collector.CollectAsync(Ct)) ? 1 : 0;
                _ = await IsRefusedAsync(async () => _ = (await site.Checkpointer.WriteAsync(Ct)).Value);
            }

            if (seed % 2 == 0)
            {
                Array.ForEach(Directory.GetFiles(folder, "site.db*"), File.Delete);
            }

            await using SiteServices started = await DamagedStore.OpenAsync(folder, new ShiftedTime());
            foreach ((string path, List<byte[]> contents) in _store.Files)
            {
                if (await FaultAsync(started, path, contents[0]) is { } fault)
                {
                    failures.Add($"Seed {seed}, {damage}: {path} {fault}");
                }
            }
        }

        Assert.True(failures.Count == 0, $"{failures.Count} files are lost\n{string.Join('\n', failures.Take(20))}");
        Assert.True(refusals > Seeds / 4, $"only {refusals} of {Seeds} collections were refused: what is damaged is not what they read");
    }

    /// <summary>Runs something; true when it refuses, as the records are damaged.</summary>
    private static async Task<bool> IsRefusedAsync(Func<Task> work)
    {
        try
        {
            await work();
            return false;
        }
        catch (HutchException e)
        {
            Assert.Contains("damaged", e.Message, StringComparison.Ordinal);
            return true;
        }
    }

    /// <summary>Flips a bit of the database, which is open. Half of the seeds take one in a hash.</summary>
    private static string Flip(string path, int seed)
    {
        var random = new Random(seed);
        using FileStream file = File.Open(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        byte[] bytes = new byte[file.Length];
        file.ReadExactly(bytes);

        // Not in the first page, which every connection has in memory.
        int at = random.Next(PageBytes, bytes.Length);
        for (int tries = 0; seed % 4 != 0 && tries < 100_000 && !IsInHash(bytes, at); tries++)
        {
            at = random.Next(PageBytes, bytes.Length);
        }

        int bit = random.Next(8);
        file.Position = at;
        file.WriteByte((byte)(bytes[at] ^ (1 << bit)));
        return $"byte {at} of site.db, bit {bit}";
    }

    private static bool IsInHash(byte[] bytes, int at)
    {
        const int Around = 20;
        return at >= Around && at + Around < bytes.Length && bytes.AsSpan(at - Around, 2 * Around).IndexOfAnyExcept(Hex) < 0;
    }

    private async Task<string?> FaultAsync(SiteServices site, string path, byte[] content)
    {
        string slug = path[..path.IndexOf('/', StringComparison.Ordinal)];
        try
        {
            TreeView view = (await site.Heads.ResolveAsync(_store.Datasets[slug], null, Ct)).Value;
            Entry? entry = await site.Heads.FindAsync(view, DatasetPath.Parse(path[(slug.Length + 1)..]).Value, Ct);
            if (entry is null || await site.Blobs.FindAsync(_store.Datasets[slug], entry.Hash, Ct) is not { } found)
            {
                return entry is null ? "has no entry" : "has no bytes";
            }

            return (await found.ReadAllAsync(int.MaxValue, Ct)).AsSpan().SequenceEqual(content) ? null : "is not what it was";
        }
        catch (HutchException e)
        {
            return e.Message;
        }
    }
}
