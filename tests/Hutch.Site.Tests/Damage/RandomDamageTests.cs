using System.Diagnostics;
using System.Runtime.Versioning;
using Hutch.Model;
using Hutch.Site.Engines.Segments;
using Hutch.Site.Life.Maintenance;
using Hutch.Site.Tests.Salvage;
using Hutch.Site.Write.Heads;
using Hutch.Testing.Clocks;
using Hutch.Testing.Damage;

namespace Hutch.Site.Tests.Damage;

/// <summary>
/// Whatever happens to a file of a store at rest: nothing wrong is served, what was not hit comes out, what was hit is named. Each seed
/// damages a copy, opens it, reads everything, scrubs it, makes <c>site.db</c> anew, and salvages it. <c>HUTCH_TORTURE=1</c>: 1000 seeds;
/// <c>HUTCH_SEEDS=5-5</c>: that one.
/// </summary>
[SupportedOSPlatform("linux")]
public sealed class RandomDamageTests : IAsyncLifetime
{
    private readonly string _work = Directory.CreateTempSubdirectory("hutch-damage-").FullName;
    private readonly Dictionary<bool, DamagedStore> _stores = [];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        foreach (bool isSealed in new[] { true, false })
        {
            _stores.Add(isSealed, await DamagedStore.MakeAsync(Directory.CreateDirectory(Path.Combine(_work, $"sealed-{isSealed}")).FullName, isSealed));
        }
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_work, recursive: true);
        return ValueTask.CompletedTask;
    }

    [Trait("Quick", "no")]
    [Fact]
    public async Task Damage_anywhere_is_detected_and_affects_only_the_damaged_data()
    {
        var failures = new List<string>();
        foreach (int seed in DamageSeed.All)
        {
            DamagedStore store = _stores[seed % 3 != 0];
            string folder = DamageSeed.Copy(store.Folder, Path.Combine(_work, "open"));
            var damage = new DamageSeed(seed, folder);
            string salvaged = DamageSeed.Copy(folder, Path.Combine(_work, "salvage"));
            string what = $"Seed {seed}, {(store.IsSealed ? "stopped" : "killed")}, {damage}";
            try
            {
                await CheckAsync(store, damage, folder);
                await CheckSalvageAsync(store, damage, salvaged);
            }
            catch (Exception e)
            {
                failures.Add($"{what}: {e}");
            }
        }

        Assert.True(failures.Count == 0, $"{failures.Count} seeds failed\n{string.Join("\n\n", failures.Take(20))}");
    }

    private static async Task CheckAsync(DamagedStore store, DamageSeed damage, string folder)
    {
        if (await TryOpenAsync(folder) is { } site)
        {
            await using (site)
            {
                await CheckOpenAsync(store, damage, site, hasRecords: !damage.IsOf("site.db"));
            }
        }

        foreach (string file in Directory.GetFiles(folder, "site.db*"))
        {
            File.Delete(file);
        }

        if (await TryOpenAsync(folder) is { } rebuilt)
        {
            await using (rebuilt)
            {
                await CheckOpenAsync(store, damage, rebuilt, hasRecords: false);
            }
        }
    }

    /// <summary>Opens a site; null when it refuses to, in words.</summary>
    private static async Task<SiteServices?> TryOpenAsync(string folder)
    {
        try
        {
            return await DamagedStore.OpenAsync(folder, new ShiftedTime());
        }
        catch (Exception e) when (e is IOException or HutchException)
        {
            Assert.Matches(@"\.tar|\.db|segments", e.Message);
            return null;
        }
    }

    private static async Task CheckOpenAsync(DamagedStore store, DamageSeed damage, SiteServices site, bool hasRecords)
    {
        bool isSharedHit = store.Shared.Exists(place => damage.Hits(place.File, place.From, place.To));
        var missing = new List<string>();
        foreach ((string path, List<byte[]> contents) in store.Files)
        {
            Result<byte[]> read = await ReadAsync(store, site, path);
            if (read.IsOk && read.Value.AsSpan().SequenceEqual(contents[0]))
            {
                continue;
            }

            missing.Add(read.IsOk ? $"{path} is older" : $"{path}: {read.Error}");
            if (read.IsOk || read.Error.Code == ErrorCode.NotFound)
            {
                Assert.False(hasRecords, $"{path}: site.db is whole, and the file is {missing[^1]}");
                Assert.True(!read.IsOk || contents.Exists(content => content.AsSpan().SequenceEqual(read.Value)), $"{path} has bytes that it never had");
            }
            else
            {
                Assert.True(read.Error.Code == ErrorCode.Quarantined, $"{path}: {read.Error.Code}: {read.Error.Message}");
                bool mayBeHit = store.IsHit(path, damage) || isSharedHit || (!store.IsSealed && store.LiesIn(path, damage)) || !hasRecords;
                Assert.True(mayBeHit, $"{path} was not hit, and is not served");
            }
        }

        ScrubSummary scrub = await new SegmentScrubber(site.Segments, DamagedStore.Options.Scrub, offline: null).RunAsync(static (_, _) => { }, Ct);
        IReadOnlyList<SiteWarning> warnings = await site.Warnings.ReadAsync(Ct);
        bool isNamed = scrub.Damage.Count + warnings.Count > 0;
        bool mayLoseLast = !store.IsSealed && !hasRecords;
        Assert.True(isNamed || missing.Count == 0 || mayLoseLast, $"nothing is named, and {string.Join(", ", missing)}");
        if (store.IsSealed && damage.File.EndsWith(".tar", StringComparison.Ordinal) && !damage.ChangedNothing)
        {
            Assert.True(isNamed || IsAsBefore(store, site, damage.File), "neither a warning nor scrubbing names it");
        }
    }

    private static bool IsAsBefore(DamagedStore store, SiteServices site, string file)
    {
        string now = site.Segments.Segments.FirstOrDefault(segment => segment.Path.EndsWith(Path.GetFileName(file), StringComparison.Ordinal))?.Path ?? "";
        return now.Length > 0 && File.ReadAllBytes(now).AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(store.Folder, file)));
    }

    private static async Task<Result<byte[]>> ReadAsync(DamagedStore store, SiteServices site, string path)
    {
        string slug = path[..path.IndexOf('/', StringComparison.Ordinal)];
        try
        {
            Result<TreeView> view = await site.Heads.ResolveAsync(store.Datasets[slug], null, Ct);
            if (!view.IsOk)
            {
                return view.Error;
            }

            if (await site.Heads.FindAsync(view.Value, DatasetPath.Parse(path[(slug.Length + 1)..]).Value, Ct) is not { } entry)
            {
                return ErrorCode.NotFound.With("no entry");
            }

            return await site.Blobs.FindAsync(store.Datasets[slug], entry.Hash, Ct) is { } content
                ? await content.ReadAllAsync(int.MaxValue, Ct)
                : ErrorCode.Gone.With("no bytes");
        }
        catch (HutchException e)
        {
            return e.Error;
        }
    }

    private async Task CheckSalvageAsync(DamagedStore store, DamageSeed damage, string folder)
    {
        string target = Path.Combine(_work, "out");
        if (Directory.Exists(target))
        {
            Directory.Delete(target, recursive: true);
        }

        (int exit, string output) = await SalvageAsync(Path.Combine(folder, "segments"), target);
        bool mayLoseLast = !store.IsSealed && damage.IsOf("segments/");
        bool isSharedHit = store.Shared.Exists(place => damage.Hits(place.File, place.From, place.To));
        Assert.True(exit is 0 or 1 or 3, output);
        foreach ((string path, List<byte[]> contents) in store.Files)
        {
            string file = Path.Combine(target, "anna", path);
            byte[]? found = File.Exists(file) ? await File.ReadAllBytesAsync(file, Ct) : null;
            if (found is not null && found.AsSpan().SequenceEqual(contents[0]))
            {
                continue;
            }

            bool isOlder = found is not null && contents.Exists(content => content.AsSpan().SequenceEqual(found));
            bool isNamed = output.Contains(path, StringComparison.Ordinal) || isSharedHit;
            Assert.True(exit != 0 || mayLoseLast, $"salvage said that all is well, and {path} is not: {output}");
            Assert.True(isNamed || ((isOlder || found is null) && (exit == 3 || mayLoseLast)), $"salvage does not name {path} (exit {exit}): {output}");
            if (exit == 1 && store.IsSealed)
            {
                Assert.True(store.IsHit(path, damage) || isSharedHit, $"salvage did not bring {path}, which was not hit: {output}");
            }
        }
    }

    private static async Task<(int Exit, string Output)> SalvageAsync(string segments, string target)
    {
        using Process process = Process.Start(new ProcessStartInfo("bash", [SalvageTests.Script(), segments, target])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Task<string> errors = process.StandardError.ReadToEndAsync(Ct);
        string output = await process.StandardOutput.ReadToEndAsync(Ct);
        await process.WaitForExitAsync(Ct);
        return (process.ExitCode, output + await errors);
    }
}
