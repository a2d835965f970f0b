using System.Globalization;

namespace Hutch.Model.Placement;

/// <summary>What is asked of the sites that have a dataset: <c>2 copies where tier=archive</c>.</summary>
/// <param name="Kind">What is asked.</param>
/// <param name="Copies">How many copies; 1 for the other kinds.</param>
/// <param name="Where">At which sites.</param>
public sealed record PlacementRule(PlacementRuleKind Kind, int Copies, LabelExpression Where)
{
    /// <summary>The most copies of a rule.</summary>
    public const int MaxCopies = 16;

    private const string Serve = "serve";
    private const string Home = "home";

    /// <summary>
    /// Reads <c>N copies where E</c>, <c>serve where E</c> or <c>home where E</c>; the refusal says at which character it is wrong.
    /// </summary>
    public static Result<PlacementRule> Parse(string text) => RuleText.Read(text, "rule", Read);

    /// <summary>The text, always written in the same way; <see cref="Parse"/> reads it.</summary>
    public override string ToString() => Kind switch
    {
        PlacementRuleKind.Serve => $"{Serve} where {Where}",
        PlacementRuleKind.Home => $"{Home} where {Where}",
        _ => string.Create(CultureInfo.InvariantCulture, $"{Copies} {(Copies == 1 ? "copy" : "copies")} where {Where}"),
    };

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

        return copies is < 1 or > MaxCopies ? text.RefuseAt(start, $"there can be 1 to {MaxCopies} copies")
            : text.TakeWord("copies") || text.TakeWord("copy") ? ReadWhere(text, PlacementRuleKind.Copies, copies)
            : text.Refuse("expected copies after the number");
    }

    private static Result<PlacementRule> ReadWhere(RuleText text, PlacementRuleKind kind, int copies) => text.TakeWord("where")
        ? new ExpressionReader(text).Read().Then<PlacementRule>(where => new PlacementRule(kind, copies, where))
        : text.Refuse("expected where, and after it which sites are meant");
}

/// <summary>What a rule asks.</summary>
public enum PlacementRuleKind
{
    /// <summary>So many of the sites have the dataset; its home counts.</summary>
    Copies,

    /// <summary>Only these sites may have it or show it at all.</summary>
    Serve,

    /// <summary>One of these sites orders its writes.</summary>
    Home,
}
