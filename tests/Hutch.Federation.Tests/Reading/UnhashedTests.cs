using Hutch.Client;
using Hutch.Contracts;
using Hutch.Federation.Copies;
using Hutch.Federation.Tests.Support;
using Hutch.Federation.Wire;
using Hutch.Model;

namespace Hutch.Federation.Tests.Reading;

/// <summary>Files that stay in a facility's folder are read at every site before they are hashed.</summary>
public sealed class UnhashedTests(UnhashedSites sites) : IClassFixture<UnhashedSites>
{
    private const string Path = "raw/movie.mrc";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_file_that_is_not_hashed_yet_reads_at_another_site_as_at_home_and_so_it_does_when_it_is_hashed()
    {
        await using UnhashedSites all = await UnhashedSites.StartAsync(hasSmallCache: false);
        await all.UntilListedAsync(all.Other, Path);
        IReadOnlyList<string> there = await AnswersAsync(all, all.Facility);
        IReadOnlyList<string> here = await AnswersAsync(all, all.Other);

        await all.HashAsync();
        EntryInfo hashed = await all.UntilListedAsync(all.Other, Path, isPending: false);
        string[] parts = ["bytes=3000000-5000000", "bytes=0-0"];
        List<string> after = [], afterThere = [];
        foreach (string range in parts)
        {
            after.Add(await UnhashedSites.RequestAsync(all.Other, all.Dataset, HttpMethod.Get, "entries/" + Path, range));
            afterThere.Add(await UnhashedSites.RequestAsync(all.Facility, all.Dataset, HttpMethod.Get, "entries/" + Path, range));
        }

        string head = await UnhashedSites.RequestAsync(all.Other, all.Dataset, HttpMethod.Head, "entries/" + Path);
        Assert.Equal(there, here);
        Assert.Contains("\"pending\":true", here[0].Replace(" ", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains(BlobHash.Compute(UnhashedSites.Movie).ToString(), here[2], StringComparison.Ordinal);
        Assert.DoesNotContain("Repr-Digest", here[2], StringComparison.Ordinal);
        Assert.DoesNotContain(here, static one => one.Contains("x-amz-checksum", StringComparison.OrdinalIgnoreCase));
        Assert.Equal(BlobHash.Compute(UnhashedSites.Movie), hashed.Hash);
        Assert.Contains("Repr-Digest", head, StringComparison.Ordinal);
        Assert.Equal(afterThere, after);
    }

    [Fact]
    public async Task A_site_with_a_copy_reads_only_unhashed_files_from_the_home_and_explains_their_absence_without_it()
    {
        await using UnhashedSites all = await UnhashedSites.StartAsync(hasSmallCache: true);
        await all.HashAsync();
        await all.Facility.Admin.RequestCopyAsync(all.Dataset, new AskCopy { Site = "other" }, Ct);
        await Copied.UntilCompleteAsync(all.Facility.Admin, all.Dataset, "other", 1);
        byte[] late = Copied.Bytes(5_000_000, 3);
        await all.WriteAsync("raw/late.mrc", late);

        await all.UntilListedAsync(all.Other, "raw/late.mrc");
        string lateHere = await UnhashedSites.RequestAsync(all.Other, all.Dataset, HttpMethod.Get, "entries/raw/late.mrc");
        string lateThere = await UnhashedSites.RequestAsync(all.Facility, all.Dataset, HttpMethod.Get, "entries/raw/late.mrc");
        string movie = await UnhashedSites.RequestAsync(all.Other, all.Dataset, HttpMethod.Get, "entries/" + Path);
        bool isInCopy = (await all.Other.Site.Heads.FindAsync(
            (await all.Other.Site.Heads.ResolveAsync(all.Dataset, null, Ct)).Value, DatasetPath.Parse("raw/late.mrc").Value, Ct)) is not null;
        await all.Facility.StopAsync();
        string fresh = await UnhashedSites.RequestAsync(all.Other, all.Dataset, HttpMethod.Get, "entries/raw/late.mrc");
        string away = fresh;
        while (!away.Contains("It may be a file at the facility that is not hashed yet", StringComparison.Ordinal))
        {
            // What the home has said a moment ago counts for a second.
            away = await UnhashedSites.RequestAsync(all.Other, all.Dataset, HttpMethod.Get, "entries/raw/late.mrc");
        }

        string awayS3 = await UnhashedSites.AskS3Async(all.Other, HttpMethod.Get, $"/{all.Dataset}/raw/late.mrc");
        string movieAway = await UnhashedSites.RequestAsync(all.Other, all.Dataset, HttpMethod.Get, "entries/" + Path);
        string listAway = await UnhashedSites.RequestAsync(all.Other, all.Dataset, HttpMethod.Get, "tree");
        await all.Facility.StartAgainAsync();
        await all.UntilListedAsync(all.Other, "raw/late.mrc");

        Assert.Equal(lateThere, lateHere);
        Assert.Contains(BlobHash.Compute(late).ToString(), lateHere, StringComparison.Ordinal);
        Assert.StartsWith("200", movie, StringComparison.Ordinal);
        Assert.False(isInCopy);
        Assert.StartsWith("503", fresh, StringComparison.Ordinal);
        Assert.StartsWith("503", away, StringComparison.Ordinal);
        Assert.StartsWith("503", awayS3, StringComparison.Ordinal);
        Assert.Equal(movie, movieAway);
        Assert.StartsWith("200", listAway, StringComparison.Ordinal);
        Assert.DoesNotContain("late.mrc", listAway, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_site_without_a_copy_says_while_the_home_is_away_that_it_is()
    {
        await using UnhashedSites all = await UnhashedSites.StartAsync(hasSmallCache: true);
        await all.UntilListedAsync(all.Other, Path);
        await all.Facility.StopAsync();

        string answer;
        do
        {
            answer = await UnhashedSites.RequestAsync(all.Other, all.Dataset, HttpMethod.Get, "entries/" + Path);
        }
        while (!answer.StartsWith("503", StringComparison.Ordinal) || answer.Contains("is not hashed yet", StringComparison.Ordinal));

        await all.Facility.StartAgainAsync();
        Assert.Contains("is at home at another site, from which it cannot be read now", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_readers_of_a_dataset_list_and_read_its_unhashed_files_at_another_site()
    {
        using var curious = new Intruder(await sites.Facility.InviteAsync("curious"));
        await curious.JoinAsync();
        HutchClient admin = sites.Facility.Admin;
        await admin.PatchDatasetAsync(sites.Dataset, new PatchDataset { Visibility = "private" }, Ct);
        using HutchClient ada = sites.Facility.With((await admin.CreateUserAsync(new CreateUser { Name = "ada" }, Ct)).Token!);
        string token = (await ada.CreateTokenAsync(new CreateToken { Site = "curious", Scopes = ["read"] }, Ct)).Id;
        BlobHash version = (await sites.Facility.Site.Records.ReadAsync(static queries => queries.FolderFilesToHash(default, 100), Ct))
            .Single(static file => file.Path.Value == Path).Name;

        (bool Lists, bool Reads) nobody = await AskAsync(null);
        (bool Lists, bool Reads) stranger = await AskAsync(token);
        await admin.PutGrantAsync(sites.Dataset, "user:ada", new PutGrant { Right = "view" }, Ct);
        (bool Lists, bool Reads) viewer = await AskAsync(token);
        bool viewerHasHistory = (await curious.ReadHistoryAsync(sites.Dataset, token)).IsOk;
        await admin.PutGrantAsync(sites.Dataset, "user:ada", new PutGrant { Right = "read" }, Ct);
        (bool Lists, bool Reads) reader = await AskAsync(token);
        Result<Stream> another = await Home(token).UnhashedPartAsync(sites.Dataset, Path, BlobHash.Compute("another"u8), 0, 10, Ct);
        Result<Stream> beyond = await Home(token).UnhashedPartAsync(sites.Dataset, Path, version, 0, UnhashedSites.Movie.Length + 1, Ct);
        Result<Stream> outside = await Home(token).UnhashedPartAsync(sites.Dataset, "../SPA.yml", version, 0, 1, Ct);
        RuleInfo rule = await admin.AddRuleAsync(sites.Dataset, new AddDatasetRule { Rule = "serve where site=facility" }, Ct);
        (bool Lists, bool Reads) kept = await AskAsync(token);
        await admin.RemoveRuleAsync(rule.Number, Ct);

        Assert.Equal((false, false), nobody);
        Assert.Equal((false, false), stranger);
        Assert.Equal((false, false), viewer);
        Assert.True(viewerHasHistory);
        Assert.Equal((true, true), reader);
        Assert.Equal(ErrorCode.Unavailable, another.Error!.Code);
        Assert.Equal(ErrorCode.RangeNotSatisfiable, beyond.Error!.Code);
        Assert.Equal(ErrorCode.InvalidPath, outside.Error!.Code);
        Assert.Equal((false, false), kept);

        HomeClient Home(string? id) => new(curious.Client, TimeProvider.System, new Reader { Token = id });

        async Task<(bool Lists, bool Reads)> AskAsync(string? id)
        {
            Result<UnhashedAnswer> list = await Home(id).UnhashedAsync(sites.Dataset, null, Ct);
            Result<Stream> part = await Home(id).UnhashedPartAsync(sites.Dataset, Path, version, 100, 200, Ct);
            if (part.IsOk)
            {
                var bytes = new byte[100];
                await part.Value.ReadExactlyAsync(bytes, Ct);
                Assert.Equal(UnhashedSites.Movie[100..200], bytes);
                await part.Value.DisposeAsync();
            }

            return (list.IsOk && list.Value.Files.Any(static file => file.Path == Path), part.IsOk);
        }
    }

    /// <summary>What both doors of a site say of the files.</summary>
    private static async Task<IReadOnlyList<string>> AnswersAsync(UnhashedSites all, SiteServer site)
    {
        var answers = new List<string>();
        foreach (string path in (string[])["tree", "tree?delimiter=/", "entries/" + Path, "tree?prefix=raw/&delimiter=/", "entries/raw/nothing"])
        {
            answers.Add(await UnhashedSites.RequestAsync(site, all.Dataset, HttpMethod.Get, path));
        }

        foreach (string range in (string[])["bytes=3000000-5000000", "bytes=-7", "bytes=0-0", "bytes=99000000-"])
        {
            answers.Add(await UnhashedSites.RequestAsync(site, all.Dataset, HttpMethod.Get, "entries/" + Path, range));
        }

        answers.Add(await UnhashedSites.RequestAsync(site, all.Dataset, HttpMethod.Head, "entries/" + Path));
        answers.Add(await UnhashedSites.AskS3Async(site, HttpMethod.Get, $"/{all.Dataset}?list-type=2"));
        answers.Add(await UnhashedSites.AskS3Async(site, HttpMethod.Get, $"/{all.Dataset}?list-type=2&delimiter=/"));
        answers.Add(await UnhashedSites.AskS3Async(site, HttpMethod.Get, $"/{all.Dataset}/{Path}"));
        answers.Add(await UnhashedSites.AskS3Async(site, HttpMethod.Head, $"/{all.Dataset}/{Path}"));
        answers.Add(await UnhashedSites.AskS3Async(site, HttpMethod.Get, $"/{all.Dataset}/{Path}", "bytes=100-200"));
        return answers;
    }
}
