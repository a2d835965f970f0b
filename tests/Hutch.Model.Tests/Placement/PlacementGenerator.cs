using Hutch.Model.Placement;
using Hutch.Model.Sites;

namespace Hutch.Model.Tests.Placement;

/// <summary>Random zones, datasets and rules.</summary>
internal static class PlacementGenerator
{
    private static readonly string[] Expressions =
    [
        "tier=archive", "tier=disk", "tier!=scratch", "country=CZ", "country in (CZ, DE)", "!country=SE", "tier=archive & country=DE",
        "tier=archive | rank<3", "rank>1", "site=s2", "site in (s1, s3) | tier=archive", "tier=tape",
    ];

    /// <summary>Sites in any state, and copies that are there or not.</summary>
    public static PlacementCase Any(int seed)
    {
        var random = new Random(seed);
        PlacementCase healthy = Healthy(random, random.Next(5));
        return healthy with
        {
            Bytes = random.Next(600),
            Sites = [.. healthy.Sites.Select(site => Disturb(site, random))],
            Copies = [.. healthy.Sites.Where(_ => random.Next(3) == 0).Select(site => random.Next(3) switch
            {
                0 => PlacementCase.Asked(site.Id),
                1 => PlacementCase.Stuck(site.Id, "No space.", random.Next(101)),
                _ => PlacementCase.Whole(site.Id),
            })],
        };
    }

    /// <summary>Sites that are connected and have room, and no copies yet.</summary>
    public static PlacementCase Healthy(int seed)
    {
        var random = new Random(seed);
        return Healthy(random, random.Next(5));
    }

    /// <summary>The same with two rules for copies and no others.</summary>
    public static PlacementCase WithTwoRules(int seed)
    {
        var random = new Random(seed);
        return Healthy(random, 0) with { Rules = [CopiesRule(random), CopiesRule(random)] };
    }

    private static PlacementCase Healthy(Random random, int rules)
    {
        PlacementSite[] sites = [.. Enumerable.Range(0, random.Next(1, 7)).Select(number => Site(number, random))];
        return new PlacementCase
        {
            Sites = [.. sites],
            Rules = [.. Enumerable.Range(0, rules).Select(_ => random.Next(5) switch
            {
                0 => Rule("serve where " + Expression(random)),
                1 => Rule("home where " + Expression(random)),
                _ => CopiesRule(random),
            })],
            Home = sites[random.Next(sites.Length)].Id,
        };
    }

    private static PlacementSite Site(int number, Random random) => PlacementCase.NewSite(
        $"s{number}",
        string.Join(' ', new[]
        {
            Label("country", ["CZ", "DE", "SE"], random), Label("rank", ["1", "2", "5"], random),
            Label("tier", ["archive", "disk", "scratch"], random),
        }),
        free: random.Next(1000, 5000));

    /// <summary>A label with one of the values, or none.</summary>
    private static string Label(string name, string[] values, Random random) =>
        random.Next(4) == 0 ? "" : $"{name}={values[random.Next(values.Length)]}";

    private static PlacementSite Disturb(PlacementSite site, Random random) => site with
    {
        Intake = random.Next(3) > 0 ? SiteIntake.Open : (SiteIntake)random.Next(4),
        Disk = new SiteSpace(random.Next(1000), random.Next(1000)),
        Quota = random.Next(3) > 0 ? null : new SiteSpace(random.Next(1000), random.Next(500)),
        AwaySince = random.Next(4) switch
        {
            0 => PlacementCase.Start - TimeSpan.FromHours(random.Next(48)),
            _ => null,
        },
    };

    private static PlacementRule CopiesRule(Random random) => Rule($"{random.Next(1, 4)} copies{Proof(random)} where {Expression(random)}");

    private static string Proof(Random random) => random.Next(6) switch
    {
        0 => " | reproducible",
        1 => $" | reproducible within {random.Next(1, 100)} days",
        _ => "",
    };

    private static PlacementRule Rule(string text) => PlacementRule.Parse(text).Value;

    private static string Expression(Random random) => Expressions[random.Next(Expressions.Length)];
}
