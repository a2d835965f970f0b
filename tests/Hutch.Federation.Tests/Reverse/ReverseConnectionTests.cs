using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Hutch.Client;
using Hutch.Contracts;
using Hutch.Federation.Keys;
using Hutch.Federation.Reverse;
using Hutch.Federation.Tests.Support;
using Hutch.Model;
using Hutch.Model.Sites;

namespace Hutch.Federation.Tests.Reverse;

/// <summary>A site that cannot be dialled: it opens the connections on which others ask it.</summary>
public sealed class ReverseConnectionTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Datasets_at_a_home_that_cannot_be_dialled_are_copied_to_sites_that_accept_connections()
    {
        await using SiteServer zone = await SiteServer.StartAsync();
        await using SiteServer beamline = await SiteServer.StartAsync("new", listens: false);
        await using SiteServer archive = await SiteServer.StartAsync("new");
        await beamline.JoinAsync(zone, "beamline");
        await archive.JoinAsync(zone, "archive");
        DatasetId id = await Copied.MakeAsync(beamline.Admin, "scan");
        await beamline.Admin.CloseDatasetAsync(id, new CloseDataset(), Ct);

        await zone.Admin.RequestCopyAsync(id, new AskCopy { Site = "facility" }, Ct);
        await zone.Admin.RequestCopyAsync(id, new AskCopy { Site = "archive" }, Ct);
        await Copied.UntilCompleteAsync(zone.Admin, id, "facility", 2);
        await Copied.UntilCompleteAsync(zone.Admin, id, "archive", 2);

        foreach (string path in new[] { "entries/raw/frame-041.bin", "entries/large.bin", "metadata", "snapshots" })
        {
            string there = await Copied.AnswerAsync(beamline.Address, beamline.AdminToken, $"datasets/{id}/{path}");
            Assert.Equal(there, await Copied.AnswerAsync(zone.Address, zone.AdminToken, $"datasets/{id}/{path}"));
            Assert.Equal(there, await Copied.AnswerAsync(archive.Address, archive.AdminToken, $"datasets/{id}/{path}"));
        }
    }

    [Fact]
    public async Task It_is_changed_through_a_site_and_read_through_the_zone()
    {
        await using SiteServer zone = await SiteServer.StartAsync();
        await using SiteServer beamline = await SiteServer.StartAsync("new", listens: false);
        await using SiteServer compute = await SiteServer.StartAsync("new");
        await beamline.JoinAsync(zone, "beamline");
        await compute.JoinAsync(zone, "compute");
        DatasetInfo made = await beamline.Admin.CreateDatasetAsync(new CreateDataset { Name = "scan" }, Ct);
        await beamline.Admin.PutEntryAsync(made.Id, "large.bin", "small as yet"u8.ToArray(), ct: Ct);
        await UntilReadAsync(compute, made.Id);
        byte[] large = Copied.Bytes(9 << 20, 7);

        await compute.Admin.PutEntryAsync(made.Id, "large.bin", large, ct: Ct);

        Assert.Equal(large, await ReadAsync(beamline, made.Id));
        Assert.Equal(large, await ReadAsync(compute, made.Id));
        Assert.Equal(large, await UntilReadAsync(zone, made.Id));
    }

    [Fact]
    public async Task It_is_reached_again_after_it_was_started_again()
    {
        await using SiteServer zone = await SiteServer.StartAsync();
        await using SiteServer beamline = await SiteServer.StartAsync("new", listens: false);
        await beamline.JoinAsync(zone, "beamline");
        DatasetInfo made = await beamline.Admin.CreateDatasetAsync(new CreateDataset { Name = "scan" }, Ct);
        await beamline.Admin.PutEntryAsync(made.Id, "large.bin", Copied.Bytes(100, 1), ct: Ct);
        await ReadAsync(zone, made.Id);

        await beamline.RestartAsync();
        byte[] after = await UntilReadAsync(zone, made.Id);

        Assert.Equal(Copied.Bytes(100, 1), after);
    }

    [Fact]
    public async Task A_key_that_belongs_to_no_site_gets_no_reverse_connection()
    {
        await using SiteServer zone = await SiteServer.StartAsync();
        using var key = SiteKey.Read(SiteKey.Make());
        string[] address = JoinToken.Parse(await zone.InviteAsync("curious")).Value.Address.Split(':');
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(IPAddress.Parse(address[0]), int.Parse(address[1], System.Globalization.CultureInfo.InvariantCulture), Ct);
        await using var tls = new SslStream(tcp.GetStream());
        SslClientAuthenticationOptions handshake = SiteTls.Client(key, static (_, shown, _, _) => shown is not null);
        handshake.ApplicationProtocols = [new SslApplicationProtocol(ReverseConnections.Protocol)];
        await tls.AuthenticateAsClientAsync(handshake, Ct);

        int read = await tls.ReadAsync(new byte[1], Ct);

        Assert.Equal(0, read);
    }

    private static async Task<byte[]> ReadAsync(SiteServer at, DatasetId dataset)
    {
        using HttpResponseMessage answer = await at.Admin.OpenEntryAsync(dataset, null, "large.bin", 0, Ct);
        return await answer.Content.ReadAsByteArrayAsync(Ct);
    }

    private static async Task<byte[]> UntilReadAsync(SiteServer at, DatasetId dataset)
    {
        while (true)
        {
            try
            {
                return await ReadAsync(at, dataset);
            }
            catch (HutchException e) when (e.Error.Code == ErrorCode.Unavailable || e.Error.Code == ErrorCode.NotFound)
            {
                await Task.Delay(20, Ct);
            }
        }
    }
}
