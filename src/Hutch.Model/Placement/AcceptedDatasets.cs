using System.Globalization;
using Hutch.Model.Sites;

namespace Hutch.Model.Placement;

/// <summary>
/// Of which datasets a site takes copies: <c>type=mx/rotation &amp; bytes&lt;2000000000000</c>, an expression over what is known of a
/// dataset before any of it comes. What a site has already stays and follows its home.
/// </summary>
public static class AcceptedDatasets
{
    private const string Owner = "owner";
    private const string Name = "name";
    private const string Type = "type";
    private const string Bytes = "bytes";

    private static readonly string[] Known = [Owner, Name, Type, Bytes];

    /// <summary>Reads an expression and writes it in its one form; the refusal says what is wrong.</summary>
    public static Result<string> Check(string text) => LabelExpression.Parse(text).Then<string>(where =>
        where.Labels.FirstOrDefault(static label => !Known.Contains(label)) is { } unknown
            ? ErrorCode.BadRequest.With(
                $"A dataset has no {Display.Quote(unknown)}: a site can choose datasets by {string.Join(", ", Known)}.")
            : where.ToString());

    /// <summary>Why a site takes no new copy of a dataset, in words that continue its name; null when it does.</summary>
    public static string? WhyNot(SiteTerms terms, string owner, string name, string type, long bytes)
    {
        ArgumentNullException.ThrowIfNull(terms);
        return terms.Intake == SiteIntake.ReadOnly ? "is read-only"
            : terms.Intake != SiteIntake.Open ? "takes nothing new"
            : terms.Accepts is { } accepts && !Matches(accepts, owner, name, type, bytes) ? $"takes only copies of datasets where {accepts}"
            : null;
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
