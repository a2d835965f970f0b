using System.Collections.Concurrent;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using Hutch.Model;
using Hutch.Model.Site;
using Hutch.Site.Tests.Sites;
using Hutch.Site.Write.Blobs;
using Hutch.Site.Write.Entries;
using Hutch.Storage;

namespace Hutch.Site.Tests.Engines;

/// <summary>One who writes through one server, at paths of their own and at contested ones, and keeps account of the answers.</summary>
internal sealed class SharedLogWriter(int number, TestSite site, DatasetId[] datasets, int seed)
{
    private readonly Random _random = new((seed * 100) + number);
    private readonly Dictionary<(DatasetId Dataset, string Path), HashSet<string?>> _may = [];
    private readonly ConcurrentBag<string> _won = [];

    public IEnumerable<string> Won => _won;

    public async Task RunAsync(int operations, CancellationToken ct)
    {
        for (int i = 0; i < operations; i++)
        {
            DatasetId dataset = datasets[_random.Next(datasets.Length)];
            string path = string.Create(CultureInfo.InvariantCulture, $"w{number}/{_random.Next(6)}");
            string content = string.Create(CultureInfo.InvariantCulture, $"{seed}.{number}.{i}");
            switch (_random.Next(10))
            {
                case < 5:
                    Record(dataset, path, content, (await site.PutAsync(dataset, path, content)).Error);
                    break;
                case < 6:
                    content += new string('x', 300_000);
                    Record(dataset, path, content, await TryAsync(() => PutLargeAsync(dataset, path, content)));
                    break;
                case < 7:
                    HutchError? removed = (await site.RemoveAsync(dataset, path)).Error;
                    if (removed?.Code != ErrorCode.NotFound)
                    {
                        Record(dataset, path, null, removed);
                    }
                    break;
                case < 8:
                    await ContestAsync(datasets[0], i);
                    break;
                case < 9:
                    await CreateAsync(i);
                    break;
                default:
                    await PushAsync(dataset, path, content, ct);
                    break;
            }
        }
    }

    /// <summary>Every path of this writer is as the answers said.</summary>
    public async Task CheckAsync(TestSite shown)
    {
        foreach (((DatasetId dataset, string path), HashSet<string?> may) in _may)
        {
            byte[]? content = await shown.ReadAsync(dataset, path);
            Assert.Contains(content is null ? null : Encoding.UTF8.GetString(content), may);
        }
    }

    private async Task ContestAsync(DatasetId dataset, int i)
    {
        string path = string.Create(CultureInfo.InvariantCulture, $"contested/{i / 2}");
        Result<bool> put = await site.PutAsync(
            dataset, path, number.ToString(CultureInfo.InvariantCulture), new EntryCondition { MustNotExist = true });
        if (put.IsOk)
        {
            _won.Add(path);
        }
    }

    private async Task CreateAsync(int i) => await site.Site.Lifecycle.CreateAsync(
        new Life.Lifecycle.NewDataset
        {
            Id = new DatasetId(Guid.NewGuid()),
            Owner = "anna",
            Slug = string.Create(CultureInfo.InvariantCulture, $"d{number}-{i}"),
            By = "anna",
        },
        TestContext.Current.CancellationToken);

    private async Task<HutchError?> PutLargeAsync(DatasetId dataset, string path, string content) =>
        (await site.PutAsync(dataset, path, content)).Error;

    private async Task PushAsync(DatasetId dataset, string path, string content, CancellationToken ct)
    {
        byte[] body = Encoding.UTF8.GetBytes(content);
        HutchError? failed = await TryAsync(async () =>
        {
            Result<SiteSession> session = await site.Site.Pushes.StartAsync(dataset, null, "anna", ct);
            if (!session.IsOk)
            {
                return session.Error;
            }

            using ReceivedBlob blob = (await site.Site.Intake.ReceiveAsync(
                PipeReader.Create(new MemoryStream(body)), body.Length, Lane.Main, ct)).Value;
            Result<Done> added = await site.Site.Pushes.AddAsync(session.Value.Id, [blob], ct);
            return added.IsOk
                ? (await site.Site.PushCommits.CommitAsync(
                    session.Value, [new TreeChange(DatasetPath.Parse(path).Value, Entry.File(blob.Hash, blob.Size))], null, ct)).Error
                : added.Error;
        });
        Record(dataset, path, content, failed);
    }

    private static async Task<HutchError?> TryAsync(Func<Task<HutchError?>> work)
    {
        try
        {
            return await work();
        }
        catch (HutchException e)
        {
            return e.Error;
        }
    }

    private void Record(DatasetId dataset, string path, string? content, HutchError? error)
    {
        if (!_may.TryGetValue((dataset, path), out HashSet<string?>? may))
        {
            _may.Add((dataset, path), may = [null]);
        }

        if (error is null)
        {
            may.Clear();
        }

        if (error is null || error.Code == ErrorCode.OutcomeUnknown)
        {
            may.Add(content);
        }
    }
}
