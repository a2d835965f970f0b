using System.Net;
using System.Net.Sockets;
using Hutch.Federation.Copies;
using Hutch.Federation.Keys;
using Hutch.Federation.Links;
using Hutch.Federation.Reverse;
using Hutch.Federation.Wire;
using Hutch.Model;
using Hutch.Zone.Replication.Homes;
using Hutch.Zone.Replication.Sites;

namespace Hutch.Federation.Tests.Links;

public sealed class DialBoundsTests
{
    private static readonly SiteKey Own = SiteKey.Read(SiteKey.Make());

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("127.0.0.1:8473", "127.0.0.1", true)]
    [InlineData("localhost:8473", "::1", true)]
    [InlineData("[::1]:8473", "127.0.0.1", true)]
    [InlineData("127.0.0.1:8473", "169.254.169.254", false)]
    [InlineData("hutch.example.org:8473", "127.0.0.1", false)]
    [InlineData("hutch.example.org:8473", "::ffff:127.0.0.1", false)]
    [InlineData("hutch.example.org:8473", "169.254.169.254", false)]
    [InlineData("hutch.example.org:8473", "fe80::1", false)]
    [InlineData("hutch.example.org:8473", "0.0.0.0", false)]
    [InlineData("hutch.example.org:8473", "10.1.2.3", true)]
    [InlineData("hutch.example.org:8473", "192.0.2.7", true)]
    [InlineData(null, "127.0.0.1", false)]
    public void Sites_are_on_the_loopback_only_where_their_zone_is(string? zone, string address, bool mayBe) =>
        Assert.Equal(mayBe, DialBounds.MayReach(zone, IPAddress.Parse(address), static _ => [IPAddress.Parse("192.0.2.1")]));

    [Theory]
    [InlineData("127.0.1.1", true)]
    [InlineData("127.0.0.1", false)]
    [InlineData("169.254.169.254", false)]
    public void In_a_zone_whose_name_leads_to_the_loopback_only_that_very_address_is_dialled(string address, bool mayBe) =>
        Assert.Equal(mayBe, DialBounds.MayReach(
            "microscope:8473", IPAddress.Parse(address),
            static host => host == "microscope" ? [IPAddress.Parse("127.0.1.1"), IPAddress.Parse("169.254.169.254")] : []));

    [Fact]
    public void A_zone_name_that_does_not_resolve_may_not_reach_the_loopback() =>
        Assert.False(DialBounds.MayReach("microscope:8473", IPAddress.Loopback, static _ => throw new SocketException()));

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    public async Task Nothing_is_connected_to_where_a_site_must_not_lead_others(string host)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var client = new SiteClient(
            $"{host}:{((IPEndPoint)listener.LocalEndpoint).Port}", BlobHash.Compute("key"u8), Own,
            static address => DialBounds.MayReach("hutch.example.org:8473", address, static _ => []));

        Result<Done> told = await new HomeClient(client, TimeProvider.System).ReportAsync(
            new DatasetId(Guid.NewGuid()), new MoveReport(1, null, null, null), Ct);

        Assert.Contains("its address leads to this machine or to its own link", told.Error!.Message, StringComparison.Ordinal);
        Assert.False(listener.Pending());
    }

    [Fact]
    public async Task A_connection_that_does_not_come_about_is_not_called_an_answer_that_does_not_come()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        string address = $"127.0.0.1:{((IPEndPoint)silent.LocalEndpoint).Port}";
        using var client = new SiteClient(address, BlobHash.Compute("key"u8), Own, timeout: TimeSpan.FromMilliseconds(200));

        Result<Done> told = await new HomeClient(client, TimeProvider.System).ReportAsync(
            new DatasetId(Guid.NewGuid()), new MoveReport(1, null, null, null), Ct);

        Assert.Equal($"Cannot reach {address}: no connection came about within 0.2 s.", told.Error!.Message);
    }

    [Fact]
    public async Task Running_requests_to_a_site_continue_when_its_address_changes()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        string address = $"127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";
        using var peers = new HomePeers(Own, new PeerConnections(null!, address, new ReverseConnections(), TimeProvider.System));
        SiteClient before = ClientAt(address);
        Task<Result<DoneAnswer>> asked = before.CallAsync(
            PeerCalls.ReleaseName, new NameRelease { Dataset = new DatasetId(Guid.NewGuid()) }, Ct);
        using Socket accepted = await listener.AcceptSocketAsync(Ct);

        SiteClient after = ClientAt("192.0.2.7:8473");
        bool goesOn = !asked.IsCompleted;
        accepted.Close();
        Result<DoneAnswer> answer = await asked;

        Assert.NotSame(before, after);
        Assert.True(goesOn);
        Assert.Equal(ErrorCode.Unavailable, answer.Error?.Code);

        SiteClient ClientAt(string place) =>
            peers.ClientOf(new SitePeer("site", "site", BlobHash.Compute("key"u8), place), () => new SiteClient(place, BlobHash.Compute("key"u8), Own));
    }
}
