using Hutch.Model.Sites;

namespace Hutch.Model.Placement;

/// <summary>
/// The datasets of which a site accepts copies: <c>type=mx/rotation &amp; bytes&lt;2000000000000</c>, an expression over facts that are
/// known before a transfer. Copies that a site already has stay and follow their home.
/// </summary>
public static class AcceptedDatasets
{
    private const string Owner = "owner";
    private const string Name = "name";
    private const string Type = "type";
    private const string Bytes = "bytes";

    private static readonly string[] Known = [Owner, Name, Type, Bytes];

    /// <summary>Checks an expression and returns its canonical form; the error says what is wrong.</summary>
    public static Result<string> Check(string text) => LabelExpression.Parse(text).Then<string>(where =>
        where.Labels.FirstOrDefault(static label => !Known.Contains(label)) is { } unknown
            ? ErrorCode.BadRequest.With(
                $"A dataset has no {Display.Quote(unknown)}: a site can choose datasets by {string.Join(", ", Known)}.")
            : where.ToString());

    /// <summary>
    /// The reason why a site accepts no new copy of a dataset, as a phrase after the site's name; null if it accepts one.
    /// </summary>
    public static string? FindRefusal(SiteTerms terms, string owner, string name, string type, long bytes)
    {
        return terms switch
        {
            { Intake: SiteIntake.ReadOnly } => "is read-only",
            { Intake: not SiteIntake.Open } => "takes nothing new",
            { Accepts: { } accepts } when !Matches(accepts, owner, name, type, bytes) => $"takes only copies of datasets where {accepts}",
            _ => null,
        };
    }

    private static bool Matches(string accepts, string owner, string name, string type, long bytes) =>
        LabelExpression.Parse(accepts) is { IsOk: true } where && where.Value.Matches(new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [Owner] = owner,
            [Name] = name,
            [Type] = type,
            [Bytes] = bytes.ToString(CultureInfo.InvariantCulture),
        });
}
