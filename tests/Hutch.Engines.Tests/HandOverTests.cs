using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Threading.Channels;
using Hutch.Client;
using Hutch.Contracts;
using Hutch.Model;
using Hutch.Server;
using Hutch.Site.Engines;
using Hutch.Zone.Accounts;

namespace Hutch.Engines.Tests;

/// <summary>The end of a move by the running server: clients that connect meanwhile wait.</summary>
public sealed class HandOverTests : IAsyncLifetime
{
    private readonly string _work = Directory.CreateTempSubdirectory("hutch-hand-").FullName;
    private readonly byte[] _large = RandomNumberGenerator.GetBytes((9 << 20) + 7);
    private ServeOptions _folder = null!;
    private ServeOptions _shared = null!;
    private ISharedLocation _location = null!;
    private DatasetId _scan;
    private string _admin = "";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Through => Path.Combine(_work, "through");

    public async ValueTask InitializeAsync()
    {
        _folder = Options("folder");
        (_location, _shared) = await SharedEngines.MakePlaceAsync(Options("server"));
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_work, recursive: true);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_site_is_handed_over_to_another_place_and_back_without_a_refusal_while_clients_write()
    {
        await using ServedSite site = await ServeAsync(_location);
        using var admin = new HutchClient(site.Address, _admin);
        using var enough = new CancellationTokenSource();
        Task<int>[] writers = [.. Enumerable.Range(0, 4).Select(writer => WriteAsync(admin, writer, enough.Token))];

        await StartAsync(admin, "folder", Through, "/shared");
        string there = await site.UntilAsync("The ");
        await StartAsync(admin, "server", Path.Combine(_work, "back"), "/returned");
        string back = await site.UntilAsync("The ");
        await enough.CancelAsync();
        int[] written = await Task.WhenAll(writers);

        Assert.StartsWith($"The site has moved from {_folder.DataFolder} to {_location.Where}", there, StringComparison.Ordinal);
        Assert.StartsWith($"The site has moved from {_location.Where} to {Path.Combine(_work, "returned")}", back, StringComparison.Ordinal);
        for (int writer = 0; writer < written.Length; writer++)
        {
            Assert.True(written[writer] > 0);
            for (int i = 0; i < written[writer]; i++)
            {
                using HttpResponseMessage answer = await admin.OpenEntryAsync(_scan, null, $"{writer}/{i}", 0, Ct);
                Assert.Equal($"{writer} {i}", await answer.Content.ReadAsStringAsync(Ct));
            }
        }

        await site.DisposeAsync();
        await Assert.ThrowsAsync<IOException>(() => HutchServer.StartAsync(_folder, Ct));
        await Assert.ThrowsAnyAsync<Exception>(() => HutchServer.StartAsync(_shared, Ct));
    }

    [Fact]
    public async Task A_hand_over_that_fails_is_repeated_after_the_fence_and_before_it_the_old_place_serves_on()
    {
        var steps = new StoppedLocation(_location) { FailsToOpen = true, FailsToLeave = true };
        await using ServedSite site = await ServeAsync(steps);
        using var admin = new HutchClient(site.Address, _admin);

        await StartAsync(admin, "folder", Through, "/shared");
        await site.UntilAsync("The move did not end: not opened");
        await site.UntilAsync("The site has moved");
        await StartAsync(admin, "server", Path.Combine(_work, "back"), "/returned");
        await site.UntilAsync("The move did not end: not left");
        await site.UntilAsync("Hutch serves");
        await admin.PutEntryAsync(_scan, "written", "at the old place"u8.ToArray(), ct: Ct);
        await StartAsync(admin, "server", Path.Combine(_work, "back"), "/returned");
        await site.UntilAsync("The site has moved");

        using HttpResponseMessage answer = await admin.OpenEntryAsync(_scan, null, "written", 0, Ct);
        Assert.Equal("at the old place", await answer.Content.ReadAsStringAsync(Ct));
    }

    [Fact]
    public async Task A_hand_over_to_other_addresses_or_that_no_operator_asked_for_is_refused_and_the_site_stays()
    {
        await using ServedSite site = await ServeAsync(_location);
        using var admin = new HutchClient(site.Address, _admin);

        JobInfo elsewhere = await EndAsync(admin, await StartAsync(admin, "folder", Through, "/elsewhere"));
        SiteMove.AllowHandOver(_folder.DataFolder, Through, "/elsewhere");
        JobInfo byAdministrator = await EndAsync(admin, await admin.StartJobAsync(HandOverJob.To(Through, "/shared"), Ct));

        Assert.Equal(("failed", "failed"), (elsewhere.State, byAdministrator.State));
        Assert.StartsWith("The new configuration listens at 127.0.0.1:1, and this server at", elsewhere.Message, StringComparison.Ordinal);
        Assert.StartsWith("The operator has not asked for this move", byAdministrator.Message, StringComparison.Ordinal);
        await admin.PutEntryAsync(_scan, "after", "served on"u8.ToArray(), ct: Ct);
    }

    private async Task<JobInfo> StartAsync(HutchClient admin, string folder, string through, string to)
    {
        // As the command does, which may come before the first copy.
        await using (var move = new SiteMove(_folder, null, _shared, _location, through))
        {
            move.ForgetOutcome();
        }

        SiteMove.AllowHandOver(Path.Combine(_work, folder), through, to);
        return await admin.StartJobAsync(HandOverJob.To(through, to), Ct);
    }

    private static async Task<JobInfo> EndAsync(HutchClient admin, JobInfo job)
    {
        while (job.State == "running")
        {
            await Task.Delay(20, Ct);
            job = await admin.GetJobAsync(job.Id, Ct);
        }

        return job;
    }

    /// <summary>Serves the folder of these tests, with a dataset, as the command does, and knows the other locations.</summary>
    private async Task<ServedSite> ServeAsync(ISharedLocation location)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        string address = listener.LocalEndpoint.ToString()!;
        listener.Stop();
        var locations = new Locations(
            null,
            new()
            {
                ["shared"] = (_shared with { HttpAddress = address }, location),
                ["returned"] = (Options("returned") with { HttpAddress = address }, null),
                ["elsewhere"] = (_shared with { HttpAddress = "127.0.0.1:1" }, location),
            });
        var site = new ServedSite(_folder with { HttpAddress = address, Locations = locations });
        await site.UntilAsync("Hutch serves");
        _admin = (await File.ReadAllTextAsync(Path.Combine(_folder.DataFolder, AdminAccount.TokenFileName), Ct)).Trim();
        using var admin = new HutchClient(site.Address, _admin);
        _scan = (await admin.CreateDatasetAsync(new CreateDataset { Name = "scan" }, Ct)).Id;
        await admin.PutEntryAsync(_scan, "large", _large, ct: Ct);
        return site;
    }

    /// <summary>Writes files one after the other; each is acknowledged, or the test fails. Returns their number.</summary>
    private async Task<int> WriteAsync(HutchClient client, int writer, CancellationToken enough)
    {
        for (int i = 0; ; i++)
        {
            if (enough.IsCancellationRequested)
            {
                return i;
            }

            await client.PutEntryAsync(_scan, $"{writer}/{i}", Encoding.UTF8.GetBytes($"{writer} {i}"), ct: Ct);

            // The load is not the point.
            await Task.Delay(10, Ct);
        }
    }

    /// <summary>A server in the background, as the command runs it.</summary>
    private sealed class ServedSite : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly Channel<string> _notices = Channel.CreateUnbounded<string>();
        private readonly Task _running;

        public ServedSite(ServeOptions options)
        {
            Address = new Uri($"http://{options.HttpAddress}");
            _running = HutchServer.RunAsync(options with { Notice = text => _notices.Writer.TryWrite(text) }, _stop.Token);
        }

        public Uri Address { get; }

        public async Task<string> UntilAsync(string beginning)
        {
            while (true)
            {
                Task<string> next = _notices.Reader.ReadAsync(Ct).AsTask();
                await await Task.WhenAny(next, _running);
                string notice = await next;
                if (notice.StartsWith(beginning, StringComparison.Ordinal))
                {
                    return notice;
                }
            }
        }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _running;
        }
    }

    private sealed class Locations(ISharedLocation? own, Dictionary<string, (ServeOptions Options, ISharedLocation? Place)> known) : ILocationReader
    {
        public ISharedLocation? Own => own;

        public (ServeOptions Options, ISharedLocation? Place) Read(string file)
        {
            (ServeOptions options, ISharedLocation? place) = known[Path.GetFileName(file)];
            return (options with { Locations = new Locations(place, known) }, place);
        }
    }

    private ServeOptions Options(string name) => new() { DataFolder = Path.Combine(_work, name), HttpAddress = "127.0.0.1:0" };
}
