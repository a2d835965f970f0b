using System.Net;
using System.Net.Http.Headers;
using Hutch.Client;
using Hutch.Contracts;
using Hutch.Federation.Tests.Support;
using Hutch.Model;
using Hutch.Testing.Clocks;

namespace Hutch.Federation.Tests.Feeds;

/// <summary>What is taken away at the zone is gone at its sites, also for what goes on there.</summary>
public sealed class RevocationTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("token")]
    [InlineData("account")]
    [InlineData("grant")]
    public async Task A_connected_site_enforces_a_revocation_once_the_zone_answers_and_ends_running_transfers(string what)
    {
        await using SiteServer zone = await SiteServer.StartAsync();
        await using SiteServer site = await SiteServer.StartAsync("new");
        await site.JoinAsync(zone, "archive");
        string? unconfirmed = null;
        using HutchClient admin = zone.AdminWith(sites => unconfirmed = sites);
        using HutchClient ada = zone.With((await zone.Admin.CreateUserAsync(new CreateUser { Name = "ada" }, Ct)).Token!);
        DatasetInfo scan = await site.Admin.CreateDatasetAsync(new CreateDataset { Name = "scan" }, Ct);
        await site.Admin.PutEntryAsync(scan.Id, "large", new byte[32 << 20], ct: Ct);
        await admin.PutGrantAsync(scan.Id, "user:ada", new PutGrant { Right = "write" }, Ct);
        CreatedToken token = await ada.CreateTokenAsync(new CreateToken { Site = "archive" }, Ct);
        using HutchClient there = site.With(token.Token!);
        await SiteServer.UntilKnownAsync(there);
        using HttpResponseMessage download = await there.OpenEntryAsync(scan.Id, null, "large", 0, Ct);
        using var upload = new HeldUpload();
        Task<HttpResponseMessage> uploaded = upload.BeginAsync(site.Address, token.Token!, scan.Id, Ct);
        await upload.HasBegunAsync(Ct);

        await (what switch
        {
            "token" => admin.RevokeTokenAsync(token.Id, Ct),
            "account" => admin.PatchUserAsync("ada", new PatchUser { Disabled = true }, Ct),
            _ => admin.DeleteGrantAsync(scan.Id, "user:ada", Ct),
        });
        var next = await Assert.ThrowsAsync<HutchException>(() => there.GetDatasetAsync(scan.Id, Ct));
        upload.GoOn();
        using HttpResponseMessage end = await uploaded;

        Assert.Null(unconfirmed);
        Assert.Equal(what == "grant" ? "not-found" : "unauthenticated", next.Error.Code.Name);
        Assert.True(end.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.NotFound, end.StatusCode.ToString());
        Assert.Null(await site.Admin.GetEntryHashAsync(scan.Id, null, HeldUpload.Path, Ct));
        await Assert.ThrowsAnyAsync<Exception>(() => ReadSlowlyAsync(download));
    }

    [Fact]
    public async Task The_answer_names_the_sites_that_have_not_confirmed()
    {
        await using SiteServer zone = await SiteServer.StartAsync();
        using var away = new Intruder(await zone.InviteAsync("archive"));
        await away.JoinAsync();
        string? unconfirmed = null;
        using HutchClient admin = zone.AdminWith(sites => unconfirmed = sites);
        CreatedToken token = await admin.CreateTokenAsync(new CreateToken(), Ct);

        await admin.RevokeTokenAsync(token.Id, Ct);

        Assert.Equal("archive", unconfirmed);
    }

    [Fact]
    public async Task A_token_ends_by_the_time_of_the_zone_also_at_a_site_whose_clock_is_off_and_that_has_restarted()
    {
        await using SiteServer zone = await SiteServer.StartAsync();
        await using SiteServer ahead = await SiteServer.StartAsync("new", new ShiftedTime { Ahead = TimeSpan.FromMinutes(4) });
        await ahead.JoinAsync(zone, "archive");
        CreatedToken token = await zone.Admin.CreateTokenAsync(new CreateToken { Site = "archive", ExpiresIn = 180 }, Ct);
        using HutchClient there = ahead.With(token.Token!);

        // By the clock of the site it would have ended a minute before it was made.
        await SiteServer.UntilKnownAsync(there);
        await zone.StopAsync();
        await ahead.RestartAsync();
        using HutchClient later = ahead.With(token.Token!);

        Assert.Equal("admin", (await later.GetCallerAsync(Ct)).User);
        await zone.StartAgainAsync();
    }

    /// <summary>Slower than the server could fail to notice.</summary>
    private static async Task ReadSlowlyAsync(HttpResponseMessage download)
    {
        await using Stream body = await download.Content.ReadAsStreamAsync(Ct);
        byte[] buffer = new byte[64 << 10];
        while (await body.ReadAsync(buffer, Ct) > 0)
        {
            await Task.Delay(10, Ct);
        }
    }

    /// <summary>An upload that has begun, and waits until it is told to go on.</summary>
    private sealed class HeldUpload : HttpContent
    {
        public const string Path = "upload";

        private const int PartBytes = 1 << 20;

        private readonly HttpClient _http = new();
        private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _goOn = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<HttpResponseMessage> BeginAsync(Uri server, string token, DatasetId dataset, CancellationToken ct)
        {
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
            return _http.PutAsync(new Uri(server, $"/api/v1/datasets/{dataset}/entries/{Path}"), this, ct);
        }

        public Task HasBegunAsync(CancellationToken ct) => _begun.Task.WaitAsync(ct);

        public void GoOn() => _goOn.TrySetResult();

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(new byte[PartBytes]);
            await stream.FlushAsync();
            _begun.TrySetResult();
            await _goOn.Task;
            await stream.WriteAsync(new byte[PartBytes]);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 2 * PartBytes;
            return true;
        }

        protected override void Dispose(bool disposing)
        {
            _goOn.TrySetResult();
            if (disposing)
            {
                _http.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
