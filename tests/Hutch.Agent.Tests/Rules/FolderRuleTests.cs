using Hutch.Agent.Rules;
using Hutch.Model;

namespace Hutch.Agent.Tests.Rules;

public sealed class FolderRuleTests
{
    [Fact]
    public void A_rule_with_nothing_but_its_folder_is_private_and_knows_the_usual_names()
    {
        FolderRule rule = FolderRule.From(new WatchedFolderOptions { Watch = "/data/krios" }).Value;

        Assert.False(rule.Visibility.IsPublic);
        Assert.Null(rule.Keep);
        Assert.Equal("SPA.yml", Assert.Single(rule.Options.MetadataFiles));
        Assert.Equal("Hutch", rule.Options.Block.Name);
        Assert.True(Assert.Single(rule.Personal).Matches(["User", "Email"]));
    }

    [Fact]
    public void All_problems_are_reported_at_once()
    {
        var options = new WatchedFolderOptions
        {
            Watch = "data/**",
            MetadataFiles = ["sub/SPA.yml", ".hutch-x"],
            RunningFile = "..",
            IdentityKey = "User.*",
            Personal = ["User..Email"],
            Visibility = "open",
            Keep = "a while",
            MaxKeep = "2",
            Remind = ["0d"],
            Block = new BlockOptions { Name = "my block", Space = "Error" },
        };

        Assert.Equal(
            [
                "'watch': 'data/**' must be an absolute path, such as /data/sessions.",
                "'visibility': 'open' is not a visibility: use private, public, or embargo with a time span (2y), a date (2030-01-31) or a key of the metadata.",
                "'identityKey': 'User.*' must name one key, without '*'.",
                "'keep': 'a while' is not a time span: use a number and h, d, w, mo (months) or y, such as 60d or 2y, at most 500y.",
                "'maxKeep': '2' is not a time span: use a number and h, d, w, mo (months) or y, such as 60d or 2y, at most 500y.",
                "'remind': '0d' is not a time span: use a number and h, d, w, mo (months) or y, such as 60d or 2y, at most 500y.",
                "'personal': 'User..Email' is not a key: use names with a dot between, such as User.Email, at most 16.",
                "'sub/SPA.yml' is not the name of a file in a folder; names that begin with .hutch- are the agent's own.",
                "'.hutch-x' is not the name of a file in a folder; names that begin with .hutch- are the agent's own.",
                "'..' is not the name of a file in a folder; names that begin with .hutch- are the agent's own.",
                "'block' has the key 'my block': use letters, digits, '_' and '-', and begin with a letter.",
                "'block' uses the key 'Error' for two things.",
            ],
            FolderRule.Check(options));
    }

    [Theory]
    [InlineData("36500d", true)]
    [InlineData("99y", true)]
    [InlineData("1199mo", true)]
    [InlineData("36501d", false)]
    [InlineData("100y", false)]
    [InlineData("1200mo", false)]
    [InlineData("500y", false)]
    public void No_link_and_no_invite_is_to_live_longer_than_the_zone_makes_any(string life, bool isPossible)
    {
        WatchedFolderOptions[] rules =
        [
            new() { Watch = "/data", LinkLife = life }, new() { Watch = "/data", Invite = new InviteOptions { Life = life } },
        ];
        string why = $"'{life}' is too long: links and invites work for at most 36500d, about 99y.";

        Assert.Equal(
            isPossible ? [] : [$"'linkLife': {why}", $"'invite.life': {why}"],
            rules.SelectMany(FolderRule.Check));
    }

    [Theory]
    [InlineData("/data/**/x", "has '**'")]
    [InlineData("/data/../etc", "has '..'")]
    [InlineData("/", "'/' cannot be watched")]
    public void A_pattern_names_every_level(string pattern, string problem) =>
        Assert.Contains(problem, FolderPattern.Parse(pattern).Error!.Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("/data/*/sessions", "/data/krios/sessions", true)]
    [InlineData("/data/*/sessions", "/data/krios/2026/sessions", false)]
    [InlineData("/data/*/sessions/", "/data/krios/sessions", true)]
    [InlineData("/data/krios[12]", "/data/krios2", true)]
    [InlineData("/data/krios[!12]", "/data/krios2", false)]
    [InlineData("/data/krios[a-c]x", "/data/kriosbx", true)]
    [InlineData("/data/k?ios", "/data/krios", true)]
    [InlineData("/data/*", "/data/.snapshot", false)]
    [InlineData("/data/.*", "/data/.snapshot", true)]
    [InlineData("/data/[]]", "/data/]", true)]
    [InlineData("/data/[x", "/data/[x", true)]
    [InlineData("/data/*a*b*c", "/data/xaybzc", true)]
    [InlineData("/data/*a*b*c", "/data/xaybz", false)]
    public void A_pattern_matches_within_one_name(string pattern, string path, bool matches) =>
        Assert.Equal(matches, FolderPattern.Parse(pattern).Value.Matches(path));

    [Fact]
    public void A_pattern_of_many_stars_takes_no_exponential_time() =>
        Assert.False(FolderPattern.Parse("/" + string.Concat(Enumerable.Repeat("a*", 100)) + "b").Value.Matches("/" + new string('a', 4000)));

    [Theory]
    [InlineData("User.*", "User/Email", true)]
    [InlineData("User.*", "User/Address/City", true)]
    [InlineData("User.*", "User", false)]
    [InlineData("User.Email", "User/Name", false)]
    [InlineData("*.Email", "Operator/Email", true)]
    public void A_pattern_of_keys_also_matches_nested_keys(string pattern, string way, bool matches) =>
        Assert.Equal(matches, KeyPattern.Parse(pattern).Value.Matches(way.Split('/')));

    [Theory]
    [InlineData("private", "private")]
    [InlineData("public", "public")]
    [InlineData("embargo 2y", "public 2y after the dataset begins")]
    [InlineData("embargo 2030-01-31", "public from 2030-01-31")]
    [InlineData("embargo Release.Date", "public when 'Release.Date' of the metadata says")]
    public void A_visibility_is_described_in_words(string text, string words) => Assert.Equal(words, VisibilityRule.Parse(text).Value.ToString());

    [Theory]
    [InlineData("embargo")]
    [InlineData("embargo 2030-02-31")]
    [InlineData("embargo 501y")]
    [InlineData("Public")]
    public void An_invalid_visibility_is_refused(string text) => Assert.False(VisibilityRule.Parse(text).IsOk);

    [Theory]
    [InlineData("60d", "59d", "'maxKeep' is 59d, which is shorter than 'keep' with 60d.")]
    [InlineData("60d", "2mo", "'maxKeep' is 2mo, which is shorter than 'keep' with 60d.")] // January and February
    [InlineData("60d", "60d", null)]
    [InlineData(null, "1d", null)]
    public void Owners_can_keep_files_at_least_as_long_as_everybody(string? keep, string maxKeep, string? problem) => Assert.Equal(
        problem, FolderRule.Check(new WatchedFolderOptions { Watch = "/data", Keep = keep, MaxKeep = maxKeep }).FirstOrDefault());

    [Fact]
    public void The_keys_of_operators_are_no_keys_of_the_agent() => Assert.Equal(
        ["'block' uses the key 'Error' for two things."],
        FolderRule.Check(new WatchedFolderOptions { Watch = "/data", Block = new BlockOptions { DeniedProviders = "Error" } }));

    [Fact]
    public void A_year_after_a_leap_day_ends_in_February()
    {
        var leap = new DateTimeOffset(2028, 2, 29, 12, 0, 0, TimeSpan.Zero);

        Assert.Equal(new DateTimeOffset(2029, 2, 28, 12, 0, 0, TimeSpan.Zero), CalendarSpan.Parse("1y").Value.After(leap));
        Assert.Equal(leap.AddDays(60), CalendarSpan.Parse("60d").Value.After(leap));
        Assert.Equal(new DateTimeOffset(2028, 1, 29, 12, 0, 0, TimeSpan.Zero), CalendarSpan.Parse("1mo").Value.Before(leap));
        Assert.Equal(leap.AddHours(-5), CalendarSpan.Parse("5h").Value.Before(leap));
    }
}
