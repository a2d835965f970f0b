using Hutch.Model.Sites;

namespace Hutch.Model.Placement;

/// <summary>A requirement for the sites of a dataset: <c>2 copies where tier=archive</c>.</summary>
/// <param name="Copies">The number of copies; 1 for the other kinds.</param>
public sealed record PlacementRule(PlacementRuleKind Kind, int Copies, LabelExpression Where)
{
    public const int MaxCopies = 16;

    /// <summary>The age at which a proof counts no more, in days, for a rule that names none.</summary>
    public const int UsualProofDays = 90;

    public const int MaxProofDays = 3650;

    private const string Serve = "serve";
    private const string Home = "home";
    private const string Reproducible = "reproducible";

    /// <summary>
    /// The age in days up to which a signed rerun of the program that made the dataset replaces the copies: <c>1 copy | reproducible within
    /// 30 days where tier=archive</c>. Null for a rule that only copies fulfil.
    /// </summary>
    public int? ProofDays { get; init; }

    /// <summary>The sites, besides the home, whose reruns count: <c>1 copy | reproducible at archive or compute where …</c>.</summary>
    public IReadOnlyList<string> ProofSites { get; init; } = [];

    public bool Equals(PlacementRule? other) => other is not null && ToString() == other.ToString();

    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);

    /// <summary>
    /// Parses <c>N copies where E</c>, <c>N copies | reproducible where E</c>, <c>serve where E</c> or <c>home where E</c>; the error names
    /// the position of the wrong character.
    /// </summary>
    public static Result<PlacementRule> Parse(string text) => RuleText.Read(text, "rule", Read);

    /// <summary>The canonical text, which <see cref="Parse"/> reads.</summary>
    public override string ToString() => Kind switch
    {
        PlacementRuleKind.Serve => $"{Serve} where {Where}",
        PlacementRuleKind.Home => $"{Home} where {Where}",
        _ => string.Create(CultureInfo.InvariantCulture, $"{Copies} {(Copies == 1 ? "copy" : "copies")}{Proof} where {Where}"),
    };

    private string Proof => ProofDays is not { } days ? ""
        : days == UsualProofDays ? $" | {Reproducible}{Places}"
        : string.Create(CultureInfo.InvariantCulture, $" | {Reproducible}{Places} within {days} {(days == 1 ? "day" : "days")}");

    private string Places => ProofSites.Count == 0 ? "" : " at " + string.Join(" or ", ProofSites);

    private static Result<PlacementRule> Read(RuleText text)
    {
        if (text.TakeWord(Serve))
        {
            return ReadWhere(text, PlacementRuleKind.Serve, 1);
        }

        if (text.TakeWord(Home))
        {
            return ReadWhere(text, PlacementRuleKind.Home, 1);
        }

        int start = text.Position;
        if (!int.TryParse(text.TakeWord(), NumberStyles.None, CultureInfo.InvariantCulture, out int copies))
        {
            return text.RefuseAt(start, "a rule begins with a number of copies, with serve or with home");
        }

        if (copies is < 1 or > MaxCopies)
        {
            return text.RefuseAt(start, $"there can be 1 to {MaxCopies} copies");
        }

        if (!text.TakeWord("copies") && !text.TakeWord("copy"))
        {
            return text.Reject("expected copies after the number");
        }

        if (!text.Take("|"))
        {
            return ReadWhere(text, PlacementRuleKind.Copies, copies);
        }

        if (!text.TakeWord(Reproducible))
        {
            return text.Reject("expected reproducible, the one thing that can replace copies");
        }

        return ReadProofSites(text).Then(sites => ReadProofDays(text).Then(days =>
            ReadWhere(text, PlacementRuleKind.Copies, copies).Then<PlacementRule>(
                rule => rule with { ProofDays = days, ProofSites = sites })));
    }

    private static Result<string[]> ReadProofSites(RuleText text)
    {
        if (!text.TakeWord("at"))
        {
            return (string[])[];
        }

        var sites = new List<string>();
        do
        {
            int start = text.Position;
            if (text.PeekWord() is "where" or "within" || !SiteName.Parse(text.TakeWord()).TryGet(out string? site, out _))
            {
                return text.RefuseAt(start, "expected the name of a site whose reruns count");
            }

            sites.Add(site);
        }
        while (sites.Count < MaxCopies && text.TakeWord("or"));

        return sites.ToArray();
    }

    private static Result<int> ReadProofDays(RuleText text)
    {
        if (!text.TakeWord("within"))
        {
            return UsualProofDays;
        }

        int start = text.Position;
        return !int.TryParse(text.TakeWord(), NumberStyles.None, CultureInfo.InvariantCulture, out int days)
            || days is < 1 or > MaxProofDays ? text.RefuseAt(start, $"a proof can count for 1 to {MaxProofDays} days")
            : text.TakeWord("days") || text.TakeWord("day") ? days
            : text.Reject("expected days after the number");
    }

    private static Result<PlacementRule> ReadWhere(RuleText text, PlacementRuleKind kind, int copies) => text.TakeWord("where")
        ? new ExpressionReader(text).Read().Then<PlacementRule>(where => new PlacementRule(kind, copies, where))
        : text.Reject("expected where, and after it which sites are meant");
}

public enum PlacementRuleKind
{
    /// <summary>The number of matching sites that have the dataset; its home counts.</summary>
    Copies,

    /// <summary>Only matching sites may have it or show it.</summary>
    Serve,

    Home,
}
