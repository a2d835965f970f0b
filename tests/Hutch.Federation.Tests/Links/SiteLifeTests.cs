using Hutch.Federation.Copies;
using Hutch.Federation.Keys;
using Hutch.Federation.Links;
using Hutch.Federation.Reverse;
using Hutch.Model;
using Hutch.Testing.Clocks;

namespace Hutch.Federation.Tests.Links;

/// <summary>A server that no longer speaks for its site (C10).</summary>
public sealed class SiteLifeTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_server_that_was_refused_as_the_second_asks_no_other_site()
    {
        var life = new SiteLife(static _ => new ValueTask<string>("1"), static () => false, new ManualTime())
        {
            Refusal = ErrorCode.Conflict.With("Another server runs with the key."),
        };
        using SiteKey own = SiteKey.Read(SiteKey.Make());
        using var peers = new HomePeers(
            own, new PeerConnections(null!, null, new ReverseConnections(), TimeProvider.System) { Life = life });

        Result<SiteClient> refused = await peers.FindClientAsync("0123456789abcdef", Ct);

        Assert.Equal("Another server runs with the key.", refused.Error?.Message);
    }

    [Fact]
    public void A_server_whose_folder_was_taken_over_speaks_for_its_site_no_more()
    {
        bool isTaken = false;
        var life = new SiteLife(static _ => new ValueTask<string>("1"), () => isTaken, new ManualTime());
        HutchError? before = life.Refusal;

        isTaken = true;

        Assert.Null(before);
        Assert.Contains("has taken over the data folder", life.Refusal?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Requests_carry_the_number_of_the_run_and_ask_the_records_once_a_second()
    {
        var time = new ManualTime();
        int asked = 0;
        var life = new SiteLife(_ => new ValueTask<string>($"{++asked}"), static () => false, time);

        string? first = await life.FindAsync(Ct);
        string? second = await life.FindAsync(Ct);
        time.Advance(TimeSpan.FromSeconds(1));
        string? third = await life.FindAsync(Ct);

        Assert.Equal(("1", "1", "2"), (first, second, third));
    }
}
