using Hutch.Disk;
using Hutch.Federation.Copies;
using Hutch.Model;
using Hutch.Model.Site;
using Hutch.Model.Zone;
using Hutch.Site;
using Hutch.Site.Life.Maintenance;
using Hutch.Site.Write.Heads;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hutch.Federation.Tests.Support;

/// <summary>A site that gets the copy, without a server around it.</summary>
internal sealed class Receiver : IAsyncDisposable
{
    private readonly HonestHome _honest;
    private readonly string _folder = Directory.CreateTempSubdirectory("hutch-copies-").FullName;
    private SiteServices _site = null!;

    private readonly IDisk _disk;

    private Receiver(HonestHome honest, IDisk disk) => (_honest, _disk) = (honest, disk);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<Receiver> StartAsync(HonestHome honest, IDisk? disk = null)
    {
        var receiver = new Receiver(honest, disk ?? LocalDisk.Instance);
        await receiver.OpenAsync();
        return receiver;
    }

    /// <summary>Brings the copy once.</summary>
    public Task<Result<CopyProgress>> FetchAsync(IHomePeer home) => FetchAsync(home, Ct);

    /// <inheritdoc cref="FetchAsync(IHomePeer)"/>
    public Task<Result<CopyProgress>> FetchAsync(IHomePeer home, CancellationToken ct) => FetchAsync(home, _honest.Reports, _honest.Order, ct);

    /// <summary>Brings another copy once.</summary>
    public Task<Result<CopyProgress>> FetchAsync(IHomePeer home, IZoneReports reports, CopyOrder order, CancellationToken ct) =>
        new CopyTransfer(home, reports, _site.Copies, order, static _ => ValueTask.FromResult(false), static _ => ValueTask.FromResult(false), null, TimeProvider.System).RunAsync(ct);

    /// <summary>The site itself.</summary>
    public SiteServices Site => _site;

    public async Task<SiteDataset?> DatasetAsync() =>
        await _site.Records.ReadAsync(queries => queries.Dataset(_honest.Order.Dataset), Ct);

    /// <summary>Reads every file of the copy, and compares it with its hash.</summary>
    public async Task<VerifyProgress> VerifyAsync()
    {
        TreeView view = (await _site.Heads.ResolveAsync(_honest.Order.Dataset, null, Ct)).Value;
        return await _site.Verifier.VerifyAsync(view.Dataset.Id, view.Root, Ct).LastAsync(Ct);
    }

    /// <summary>Stops in the middle of whatever it is doing, and starts again.</summary>
    public async Task RestartAsync()
    {
        await _site.DisposeAsync();
        await OpenAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _site.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task OpenAsync() => _site = await SiteServices.OpenAsync(
        _disk, _folder, new SiteOptions(), TimeProvider.System, NullLoggerFactory.Instance, Ct);
}
