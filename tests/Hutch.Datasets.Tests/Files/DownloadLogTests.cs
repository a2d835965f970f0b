using Hutch.Datasets.Files;
using Hutch.Disk;
using Hutch.Model;
using Hutch.Model.Zone;
using Hutch.Site.Platform.Fairness;
using Hutch.Testing.Clocks;
using Hutch.Zone;
using Hutch.Zone.Accounts;
using Hutch.Zone.Authorization;
using Hutch.Zone.Limits;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hutch.Datasets.Tests.Files;

/// <summary>How downloads are counted: by whom, and how often by strangers, who are told apart while they read.</summary>
public sealed class DownloadLogTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hutch-downloads-").FullName;
    private readonly ActiveRequests _requests = new(TimeProvider.System, 1 << 20);
    private ZoneServices _zone = null!;
    private Caller _admin = null!;
    private DatasetId _dataset;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var options = new ZoneOptions { Durable = false, Accounts = new AccountOptions { HashIterations = 10 } };
        _zone = await ZoneServices.OpenAsync(LocalDisk.Instance, _folder, options, TimeProvider.System, NullLoggerFactory.Instance, static () => { }, Ct);
        string token = (await File.ReadAllTextAsync(Path.Combine(_folder, AdminAccount.TokenFileName), Ct)).Trim();
        _admin = (await _zone.Authenticator.AuthenticateAsync(token, null, Ct)).Value;
        _dataset = (await _zone.Names.ReserveAsync(_admin, new DatasetId(Guid.NewGuid()), null, Slug.Parse("data").Value, Ct)).Value.Dataset;
    }

    public async ValueTask DisposeAsync()
    {
        await _zone.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Strangers_from_two_networks_are_two_downloads_and_what_one_of_them_fetches_in_one_go_is_one()
    {
        var log = new DownloadLog(_zone.Changes, TimeProvider.System);

        Read(log, Caller.Anonymous, "192.0.2.1");
        Read(log, Caller.Anonymous, "192.0.2.1");
        Read(log, Caller.Anonymous, "192.0.2.2");

        DownloadRecord? strangers = (await WriteAsync(log)).Strangers;
        Assert.Equal((2, 30), (strangers?.Times, strangers?.Bytes));
    }

    [Fact]
    public async Task However_many_strangers_come_members_are_counted()
    {
        var log = new DownloadLog(_zone.Changes, TimeProvider.System);
        for (int i = 0; i < 20_000; i++)
        {
            Read(log, Caller.Anonymous, $"network {i}");
        }

        Read(log, _admin, null);

        DownloadCounts counts = await WriteAsync(log);
        Assert.Equal(("admin", 1), (Assert.Single(counts.Members).User, counts.Members[0].Times));
        Assert.InRange(counts.Strangers!.Times, 1, 19_999);
    }

    [Fact]
    public async Task A_view_of_a_file_counts_as_a_download_from_one_megabyte()
    {
        var log = new DownloadLog(_zone.Changes, TimeProvider.System);
        log.Add(_admin, _dataset, DownloadLog.LeastBytes - 1, isShown: true);
        Assert.Equal(0, (await WriteAsync(log)).Times);

        log.Add(_admin, _dataset, DownloadLog.LeastBytes, isShown: true);

        Assert.Equal(1, (await WriteAsync(log)).Times);
    }

    [Fact]
    public async Task What_could_not_be_written_is_written_the_next_time()
    {
        var clock = new ExpiredTime();
        var log = new DownloadLog(_zone.Changes, clock);
        Read(log, _admin, null);
        Assert.Equal(0, (await WriteAsync(log)).Times);

        clock.IsExpired = false;

        Assert.Equal(1, (await WriteAsync(log)).Times);
        Assert.Equal(1, (await WriteAsync(log)).Times);
    }

    [Fact]
    public async Task An_archive_is_a_download_of_what_was_in_it()
    {
        var log = new DownloadLog(_zone.Changes, TimeProvider.System);
        log.AddArchive(_admin, _dataset, 5000);
        log.Add(_admin, _dataset, 10, isShown: false);

        DownloadRecord downloads = Assert.Single((await WriteAsync(log)).Members);

        Assert.Equal((1, 5010), (downloads.Times, downloads.Bytes));
    }

    [Fact]
    public async Task The_counts_of_a_dataset_end_with_its_name()
    {
        var log = new DownloadLog(_zone.Changes, TimeProvider.System);
        Read(log, _admin, null);
        Assert.Equal(1, (await WriteAsync(log)).Times);

        Read(log, _admin, null);
        Assert.True(await _zone.Names.ReleaseAsync(AuditActor.Server, _dataset, "purged", Ct));

        Assert.Equal(0, (await WriteAsync(log)).Times);
    }

    private void Read(DownloadLog log, Caller caller, string? from)
    {
        using IDisposable request = _requests.Begin(caller.Name, RequestClass.Interactive, "rest", "GET", from);
        log.Add(caller, _dataset, 10, isShown: false);
    }

    /// <summary>As when the server stops: what was gathered is written.</summary>
    private async Task<DownloadCounts> WriteAsync(DownloadLog log)
    {
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => log.RunAsync(new CancellationToken(canceled: true)));
        return await _zone.Changes.DownloadsOfAsync(_dataset, 10, Ct);
    }
}
