using System.Text.Json;
using Hutch.Client;
using Hutch.Contracts;
using Hutch.Datasets.Programs;
using Hutch.Federation.Links;
using Hutch.Federation.Tests.Placement;
using Hutch.Federation.Tests.Support;
using Hutch.Federation.Wire;
using Hutch.Model;
using Hutch.Zone.Authorization;

namespace Hutch.Federation.Tests.Programs;

/// <summary>A site that hands over starts which nobody asked for there: it gets no further than the tokens that were used at it.</summary>
public sealed class LyingStartTests : IAsyncLifetime
{
    private const string Fit = """
        title: Fit of a scan
        version: "1"
        command: [fit, "{input}", "{output}"]
        """;

    private readonly PlayedPrograms _programs = new();
    private SiteServer _zone = null!;
    private SiteServer _site = null!;
    private string _digest = "";
    private DatasetId _scan;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await _programs.WriteAsync("fit", Fit);
        _zone = await SiteServer.StartAsync(programs: _programs);
        _site = await SiteServer.StartAsync("new");
        await _site.JoinAsync(_zone, "archive");
        _digest = (await _zone.Admin.GetProgramAsync("fit", Ct)).Digest;
        _scan = await TwoSites.MakeAsync(_zone.Admin, "scan");
    }

    public async ValueTask DisposeAsync()
    {
        await _site.DisposeAsync();
        await _zone.DisposeAsync();
        _programs.Delete();
    }

    [Fact]
    public async Task It_starts_nothing_with_tokens_of_others_rights_that_are_lacking_rules_of_other_homes_and_impossible_values()
    {
        using var liar = new Intruder(await _zone.InviteAsync("other"), _site.KeyFile);
        CreatedToken ofZone = await _zone.Admin.CreateTokenAsync(new CreateToken(), Ct);
        CreatedToken readOnly = await _zone.Admin.CreateTokenAsync(new CreateToken { Site = "archive", Scopes = ["read"] }, Ct);
        CreatedToken good = await _zone.Admin.CreateTokenAsync(new CreateToken { Site = "archive" }, Ct);
        CreatedUser eve = await _zone.Admin.CreateUserAsync(new CreateUser { Name = "eve" }, Ct);
        using HutchClient person = _zone.With(eve.Token!);
        CreatedToken ofEve = await person.CreateTokenAsync(new CreateToken { Site = "archive" }, Ct);
        StartRequest start = Start(good.Id);

        Assert.Equal(ErrorCode.Unauthenticated, await CodeAsync(liar.Client, start with { Token = ofZone.Id }));
        Assert.Equal(ErrorCode.Unauthenticated, await CodeAsync(liar.Client, start with { Token = null, Caller = "admin", Sequence = 1 }));
        Assert.Equal(ErrorCode.ScopeMissing, await CodeAsync(liar.Client, start with { Token = readOnly.Id }));
        Assert.Equal(ErrorCode.NotFound, await CodeAsync(liar.Client, start with { Token = ofEve.Id }));
        Assert.Equal(ErrorCode.Conflict, await CodeAsync(liar.Client, start with { Rule = "closed", Depth = 1 }));
        Assert.Equal(ErrorCode.InvalidBody, await CodeAsync(liar.Client, start with { Rule = "closed", Depth = 99 }));
        Assert.Equal(ErrorCode.InvalidBody, await CodeAsync(liar.Client, start with { IfSame = "9" }));
        Assert.Equal(ErrorCode.Unavailable, await CodeAsync(liar.Client, start with { Digest = new string('0', 64) }));
        Assert.Equal(0, _programs.Submitted);
    }

    [Fact]
    public async Task The_same_start_again_is_the_same_run_and_one_of_another_account_is_refused()
    {
        using var liar = new Intruder(await _zone.InviteAsync("other"), _site.KeyFile);
        CreatedToken good = await _zone.Admin.CreateTokenAsync(new CreateToken { Site = "archive" }, Ct);
        CreatedUser eve = await _zone.Admin.CreateUserAsync(new CreateUser { Name = "eve" }, Ct);
        using HutchClient person = _zone.With(eve.Token!);
        CreatedToken ofEve = await person.CreateTokenAsync(new CreateToken { Site = "archive" }, Ct);
        StartRequest start = Start(good.Id);

        StartAnswer trial = (await SendAsync(liar.Client, start with { IsTrial = true })).Value;
        Result<StartAnswer>[] both = await Task.WhenAll(SendAsync(liar.Client, start), SendAsync(liar.Client, start));
        StartAnswer again = (await SendAsync(liar.Client, start)).Value;
        ErrorCode other = await CodeAsync(liar.Client, start with { Token = ofEve.Id });

        Assert.Null(trial.Run);
        Assert.All(both, answer => Assert.Equal((start.Run, again.Output), (answer.Value.Run, answer.Value.Output)));
        Assert.Equal(ErrorCode.Conflict, other);
        Assert.Single(await _zone.Admin.ListRunsAsync(_scan, ct: Ct).ToListAsync(Ct));
        Assert.Equal(["scan", "scan-fit"], (await _zone.Admin.ListDatasetsAsync(ct: Ct).ToListAsync(Ct)).Select(static one => one.Name.Split('/')[1]).Order());
    }

    [Fact]
    public async Task The_same_start_that_comes_while_the_first_is_checked_takes_no_second_name()
    {
        using var liar = new Intruder(await _zone.InviteAsync("other"), _site.KeyFile);
        CreatedToken good = await _zone.Admin.CreateTokenAsync(new CreateToken { Site = "archive" }, Ct);
        string site = (await _zone.SiteAsync("archive")).Id!;
        Caller caller = (await _zone.Zone.SiteReaders.FindAsync(site, good.Id, Ct)).Value;
        StartRequest start = Start(good.Id);
        var isFirst = new AsyncLocal<bool> { Value = true };
        StartAnswer? second = null;
        _programs.Checked = async () =>
        {
            if (isFirst.Value && second is null)
            {
                second = (await SendAsync(liar.Client, start)).Value;
            }
        };

        StartedElsewhere? first = (await _zone.Modules.Programs.Starter.TakeAsync(
            site, caller, "fit", start.Read().Value, isTrial: false, Ct)).Value;

        Assert.Equal((second!.Run, second.Output, "admin/scan-fit"), (first!.Run, first.Output, first.Name));
        Assert.DoesNotContain(
            await _zone.Admin.ListAuditAsync(0, null, null, Ct).ToListAsync(Ct), static line => line.Action == "name.release");
    }

    private StartRequest Start(string token) => new()
    {
        Token = token,
        Program = "fit",
        Digest = _digest,
        Run = Guid.NewGuid(),
        Input = _scan,
        Parameters = new Dictionary<string, JsonElement>(),
    };

    private static Task<Result<StartAnswer>> SendAsync(SiteClient site, StartRequest start) =>
        site.CallAsync(PeerCalls.Start, start, Ct);

    private static async Task<ErrorCode> CodeAsync(SiteClient site, StartRequest start) => (await SendAsync(site, start)).Error!.Code;
}
