using System.Globalization;
using Hutch.Agent.Rules;
using Hutch.Model;

namespace Hutch.Agent.Retention.Eviction;

/// <summary>
/// Whether files whose time is over could leave the facility: only when the folder's rule allows it, nothing in the folder can have
/// changed, and enough other sites have lately read again what they hold. Every doubt is a refusal.
/// </summary>
public static class EvictionRule
{
    /// <summary>A copy that was read again longer ago than this does not count.</summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromDays(7);

    /// <summary>How far the clock of another site may be ahead.</summary>
    private static readonly TimeSpan MaxAhead = TimeSpan.FromHours(1);

    /// <summary>What speaks against it at the facility itself, before any other site is asked; null for nothing.</summary>
    public static EvictionDecision? RefuseHere(FolderRule rule, FolderContents contents)
    {
        ArgumentNullException.ThrowIfNull(rule);
        ArgumentNullException.ThrowIfNull(contents);
        string? because = contents switch
        {
            _ when !rule.Options.Evict => "'evict' is off for this folder",
            { IsClosed: false } => "the dataset is not closed, so it may still change",
            { UnhashedFiles: > 0 } => string.Create(
                CultureInfo.InvariantCulture, $"{contents.UnhashedFiles} of its files are not hashed yet, so they cannot be compared"),
            { Snapshot: null } => "there is no snapshot that other sites could have copied",
            { HasChanged: true } => "the folder differs from the last snapshot",
            _ => null,
        };
        return because is null ? null : EvictionDecision.Refuse(because);
    }

    /// <summary>Decides.</summary>
    /// <param name="rule">The rule of the folder.</param>
    /// <param name="dataset">The dataset.</param>
    /// <param name="contents">What is known of the files.</param>
    /// <param name="attested">What the other sites say.</param>
    /// <param name="now">The time.</param>
    public static EvictionDecision Decide(
        FolderRule rule, DatasetId dataset, FolderContents contents, Result<Attestation> attested, DateTimeOffset now)
    {
        if (RefuseHere(rule, contents) is { } refusal)
        {
            return refusal;
        }

        if (!attested.TryGet(out Attestation? attestation, out HutchError? unknown))
        {
            return EvictionDecision.Refuse(unknown.Message);
        }

        if (attestation.Dataset != dataset || attestation.Snapshot != contents.Snapshot)
        {
            return EvictionDecision.Refuse("the other sites answered for another version of the dataset");
        }

        string[] sites =
        [
            .. attestation.Copies.Where(copy => IsGood(copy, now)).Select(copy => copy.Site).Distinct(StringComparer.Ordinal)
                .Order(StringComparer.Ordinal),
        ];
        return sites.Length >= rule.Options.Copies
            ? EvictionDecision.Allow(sites)
            : EvictionDecision.Refuse(TooFew(rule.Options.Copies, attestation.Copies, sites, now));
    }

    private static bool IsGood(SiteCopy copy, DateTimeOffset now) =>
        copy.IsHeld && copy.CheckedAt >= now - MaxAge && copy.CheckedAt <= now + MaxAhead;

    private static string TooFew(int needed, IReadOnlyList<SiteCopy> copies, string[] good, DateTimeOffset now)
    {
        IEnumerable<string> others = copies.Where(copy => !good.Contains(copy.Site, StringComparer.Ordinal)).Select(copy =>
            !copy.IsHeld ? $"{copy.Site} has not promised to keep it"
            : copy.CheckedAt > now ? $"{copy.Site} reports a time in the future"
            : string.Create(CultureInfo.InvariantCulture, $"{copy.Site} last verified it on {copy.CheckedAt.UtcDateTime:yyyy-MM-dd}"));
        return string.Join(
            "; ",
            [$"{good.Length} of the required {needed} other sites have a verified copy", .. others.Distinct(StringComparer.Ordinal)]);
    }
}
