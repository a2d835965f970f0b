using Hutch.Disk.Faults;
using Hutch.Model;
using Hutch.Model.Site;
using Hutch.Site.Life.Lifecycle;
using Hutch.Site.Tests.Crashes;
using Hutch.Site.Write.Blobs;
using Hutch.Site.Write.Heads;
using Hutch.Storage.Segments;
using Hutch.Testing.Clocks;

namespace Hutch.Site.Tests.Simulation;

/// <summary>
/// Random lives of a site whose temporary data have a limit: puts of the same and of other bytes into datasets that last and that end,
/// keeps with room made in the middle, collections, purges, power cuts before any change of the disk. No byte of a dataset that lasts, or
/// that was kept while it was there, is ever lost; what is gone is said to have made room, never to be damaged; and after each look no
/// more is left than may be, but for what is being written.
/// </summary>
public sealed class TemporaryRoomSimulation
{
    private static readonly bool IsLong = Environment.GetEnvironmentVariable("HUTCH_TORTURE") is { Length: > 0 };

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, IsLong ? 200 : 8)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Nothing_that_lasts_is_lost_and_what_made_room_says_so(int seed)
    {
        string root = CrashFolder.Make();
        try
        {
            await using var life = new Life(seed, root);
            await life.RunAsync(IsLong ? 150 : 80);
            TestContext.Current.TestOutputHelper?.WriteLine($"{life.Dropped} segments made room, {life.Kept} datasets kept, {life.Cuts} power cuts");
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    private sealed class Life(int seed, string root) : IAsyncDisposable
    {
        private const long MaxBytes = 500 << 10;

        private readonly Random _random = new(seed);
        private readonly StandingTime _time = new();
        private readonly List<Known> _datasets = [];
        private readonly List<byte[]> _contents = [];
        private readonly HashSet<long> _dropped = [];
        private FaultyDisk _disk = new(seed);
        private SimulatedSite _site = null!;
        private int _openings;
        private int _names;

        public int Dropped => _dropped.Count;

        public int Kept { get; private set; }

        public int Cuts { get; private set; }

        public async Task RunAsync(int steps)
        {
            await OpenAsync(rebuilt: false);
            await CreateAsync(null);
            await CreateAsync(1);
            for (int i = 0; i < steps; i++)
            {
                await StepAsync();
                if (i % 10 == 9)
                {
                    await CheckAsync(_site);
                }
            }

            await CreateAsync(2);
            for (int i = 0; i < 12; i++)
            {
                _datasets[^1].Files[$"last-{i}"] = Content();
                await _site.PutAsync(_datasets[^1].Dataset, $"last-{i}", _datasets[^1].Files[$"last-{i}"]);
            }

            await LookAsync();
            await CutAsync();
        }

        public async ValueTask DisposeAsync() => await _site.DisposeAsync();

        private Task StepAsync() => _random.Next(100) switch
        {
            < 5 => CreateAsync(_random.Next(3) == 0 ? null : _random.Next(1, 4)),
            < 66 => PutAsync(),
            < 77 => LookAsync(),
            < 81 => KeepAsync(),
            < 85 => _site.Site.Collector.CollectAsync(CancellationToken.None),
            < 88 => FoldAsync(),
            < 90 => PurgeAsync(),
            < 92 => _site.Site.Checkpointer.WriteAsync(CancellationToken.None),
            < 96 => ReopenAsync(),
            _ => CutInTheMiddleAsync(),
        };

        private async Task OpenAsync(bool rebuilt)
        {
            string folder = Path.Combine(root, rebuilt ? $"site-{++_openings}" : $"site-{_openings}");
            _site = await SimulatedSite.OpenAsync(_disk, folder, SimulatedSite.Options((seed * 1000) + ++_names, maxTemporaryBytes: MaxBytes), _time);
        }

        private async Task ReopenAsync()
        {
            await _site.DisposeAsync();
            await OpenAsync(rebuilt: _random.Next(2) == 0);
        }

        private async Task CreateAsync(int? days) => _datasets.Add(new Known(await _site.CreateAsync($"d{_datasets.Count}", days)) { Lasts = days is null });

        private async Task PutAsync()
        {
            Known known = (_random.Next(4) > 0 ? AnyOf(static known => !known.Lasts) : null) ?? AnyOf(static _ => true)!;
            byte[] content = Content();
            string path = $"file-{++_names}";
            Result<bool> put = await _site.TryPutAsync(known.Dataset, path, content);
            Assert.True(put.IsOk, put.Error?.Message);
            known.Files[path] = content;
        }

        /// <summary>Often the same bytes again, in another dataset too; one in eight is large.</summary>
        private byte[] Content()
        {
            if (_contents.Count > 0 && _random.Next(4) == 0)
            {
                return _contents[_random.Next(_contents.Count)];
            }

            var bytes = new byte[_random.Next(8) == 0 ? (1 << 20) + _random.Next(1, 300_000) : _random.Next(1, 60_000)];
            _random.NextBytes(bytes);
            _contents.Add(bytes);
            return bytes;
        }

        private async Task LookAsync()
        {
            long[] before = Temporary(_site);
            await _site.Site.TemporaryDataLimit.CheckAsync(CancellationToken.None);
            long[] gone = [.. before.Except(Temporary(_site))];
            _dropped.UnionWith(gone);
            CheckLimit(_site);
            Assert.True(gone.Length == 0 || Sealed(_site).All(segment => segment.Number > gone.Max()), "a younger segment went before an older one");
        }

        private async Task FoldAsync()
        {
            if (AnyOf(static _ => true) is { } known)
            {
                await _site.Site.HeadCompactor.CompactAsync(known.Dataset.Id, CompactionRequest.Automatic, CancellationToken.None);
            }
        }

        private async Task PurgeAsync()
        {
            if (AnyOf(static known => !known.Lasts) is { } known && _datasets.Count > 3)
            {
                SiteDataset purged = (await _site.Site.Lifecycle.PurgeAsync(known.Dataset.Id, "by law", "anna", CancellationToken.None)).Value;
                _datasets.Remove(known);
                await _site.Site.Collector.CollectPurgedAsync(purged, CancellationToken.None);
            }
        }

        /// <summary>Keeps a dataset while room is made: all that was there when it began must be there afterwards.</summary>
        private async Task KeepAsync()
        {
            if (AnyOf(static known => !known.Lasts) is not { } known)
            {
                return;
            }

            foreach (string path in known.Files.Keys.ToList())
            {
                if (await _site.HasMadeRoomAsync(known.Dataset.Id, BlobHash.Compute(known.Files[path])))
                {
                    known.Files.Remove(path);
                }
            }

            var at = (KeepPhase)_random.Next(4);
            _site.Site.Keeper.Reached = async step =>
            {
                if (step == at)
                {
                    await _site.Site.TemporaryDataLimit.CheckAsync(CancellationToken.None);
                }
            };
            Result<CopiedTotals> kept = await _site.Site.Keeper.KeepAsync(known.Dataset.Id, "anna", CancellationToken.None);
            _site.Site.Keeper.Reached = static _ => Task.CompletedTask;
            Assert.True(kept.IsOk, kept.Error?.Message);
            known.Lasts = true;
            Kept++;
            await CreateAsync(_random.Next(1, 5));
            await CheckAsync(_site);
        }

        /// <summary>The power fails now, and the site goes on with what is left, its database lost or as it was.</summary>
        private async Task CutAsync()
        {
            Cuts++;
            FaultyDisk left = _disk.Crash(_random.Next());
            await _site.DisposeAsync();
            _disk = left;
            await OpenAsync(rebuilt: true);
            await CheckAsync(_site);
        }

        /// <summary>The power fails before each change of the disk while room is made; each time what is left is looked at, then made room in.</summary>
        private async Task CutInTheMiddleAsync()
        {
            var images = new List<FaultyDisk>();
            _disk.BeforeCall = call =>
            {
                if (call.IsChange && images.Count < 12)
                {
                    images.Add(_disk.Crash(_random.Next()));
                }
            };
            await LookAsync();
            _disk.BeforeCall = null;
            foreach (FaultyDisk image in images)
            {
                Cuts++;
                string folder = Path.Combine(root, $"cut-{++_names}");
                await using (SimulatedSite left = await SimulatedSite.OpenAsync(
                    image, folder, SimulatedSite.Options((seed * 1000) + _names, maxTemporaryBytes: MaxBytes), _time))
                {
                    await CheckAsync(left);
                    await left.Site.TemporaryDataLimit.CheckAsync(CancellationToken.None);
                    CheckLimit(left);
                    await CheckAsync(left);
                }

                Directory.Delete(folder, recursive: true);
            }
        }

        private async Task CheckAsync(SimulatedSite site)
        {
            foreach (Known known in _datasets)
            {
                TreeView view = (await site.Site.Heads.ResolveAsync(known.Dataset.Id, null, CancellationToken.None)).Value;
                foreach ((string path, byte[] content) in known.Files)
                {
                    Entry? entry = await site.Site.Heads.FindAsync(view, DatasetPath.Parse(path).Value, CancellationToken.None);
                    Assert.NotNull(entry);
                    Assert.Equal(BlobHash.Compute(content), entry.Hash);
                    bool hasMadeRoom = await site.HasMadeRoomAsync(known.Dataset.Id, entry.Hash);
                    Assert.False(hasMadeRoom && known.Lasts, $"'{path}' of {known.Dataset.Slug}, which lasts, made room");
                    if (!hasMadeRoom)
                    {
                        BlobContent found = (await site.Site.Blobs.FindAsync(known.Dataset.Id, entry.Hash, CancellationToken.None))!;
                        Assert.Equal(content, await found.ReadAllAsync(int.MaxValue, CancellationToken.None));
                    }
                }
            }
        }

        private Known? AnyOf(Func<Known, bool> condition)
        {
            Known[] some = [.. _datasets.Where(condition)];
            return some.Length == 0 ? null : some[_random.Next(some.Length)];
        }

        private static void CheckLimit(SimulatedSite site) => Assert.True(
            !Sealed(site).Any() || site.Site.Segments.Segments.Where(static segment => segment.Lane.IsTransient).Sum(static segment => segment.UsedBytes) <= MaxBytes,
            "more is left than may be");

        private static IEnumerable<SegmentInfo> Sealed(SimulatedSite site) => site.Site.Segments.Segments.Where(
            static segment => segment.Lane.IsTransient && segment.State != SegmentState.Open);

        private static long[] Temporary(SimulatedSite site) =>
            [.. site.Site.Segments.Segments.Where(static segment => segment.Lane.IsTransient).Select(static segment => segment.Number)];
    }

    private sealed class Known(SiteDataset dataset)
    {
        public SiteDataset Dataset { get; } = dataset;

        public bool Lasts { get; set; }

        public Dictionary<string, byte[]> Files { get; } = [];
    }
}
