using System.ComponentModel.DataAnnotations;
using Hutch.Doors;

namespace Hutch.Federation;

/// <summary>The door for other sites: see docs/operations/sites.md.</summary>
public sealed class SitesOptions : ConnectionLimits, IValidatableObject
{
    /// <summary>The port of the examples.</summary>
    public const int UsualPort = 8473;

    private const int MaxAddressCharacters = 300;

    /// <summary>
    /// Address for other sites: <c>HOST:PORT</c>. They use TLS with their own keys there, so no proxy may end TLS. Null for none: this
    /// server can then join a zone and opens connections to the other sites, over which they send requests; none can join it.
    /// </summary>
    public string? Listen { get; init; }

    /// <summary>The form of that address for other sites: <c>HOST:PORT</c>. Default: the address itself.</summary>
    public string? Address { get; init; }

    /// <summary>
    /// Ids of tokens that are accepted here even after 24 hours without contact to the zone: those of captures, which must not stop. Later
    /// revocations are unknown here. `hutch token list` at the zone shows the ids.
    /// </summary>
    public IReadOnlyList<string> NeverStop { get; init; } = [];

    /// <summary>
    /// Minutes without contact to the zone after which this site refuses keys that were narrowed without a server, since it cannot know
    /// whether their token was revoked. Without effect at the zone.
    /// </summary>
    [Range(1, 24 * 60)]
    public int NarrowedKeyMinutes { get; init; } = 15;

    /// <summary>
    /// Bytes of the disk for the read-through cache of other sites' files. It is in no backup, and the least recently read files are
    /// evicted first. Files of more than half of it are not read through.
    /// </summary>
    [Range(64L << 20, 1L << 50)]
    public long ReadCacheBytes { get; init; } = 10L << 30;

    /// <summary>
    /// True if the zone's search may have the metadata, and words of the file names, of the datasets at home here. Otherwise they are found
    /// by name, title, type and dates only, at this site too while the zone answers. Without effect at the zone.
    /// </summary>
    public bool MetadataAtZone { get; init; } = true;

    /// <summary>The longest request line, bytes.</summary>
    [Range(1 << 10, 1 << 20)]
    public override int MaxRequestLineBytes { get; init; } = 2 << 10;

    /// <summary>The address that this server announces to other sites; null for a server without a door.</summary>
    internal string? Door => Address ?? Listen;

    /// <summary>True if a text is one at which a site can be dialled.</summary>
    internal static bool IsAddress(string text) =>
        text.Length <= MaxAddressCharacters && Uri.TryCreate("https://" + text, UriKind.Absolute, out Uri? uri) && uri.PathAndQuery == "/"
        && uri.UserInfo.Length == 0 && uri.Fragment.Length == 0;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Listen is not null && Address is null
            && ListenAddress.Parse(Listen, UsualPort).Address is { } ip && (ip.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any)))
        {
            yield return new ValidationResult(
                $"'address' is not set, and 'listen' is '{Listen}': set 'address' to the name and port at which other sites reach this "
                + "server.");
        }

        foreach (string id in NeverStop.Where(static id => !TokenText.IsId(id)))
        {
            yield return new ValidationResult(
                $"'neverStop' has '{id}': use the id of a token, 16 hex digits, as `hutch token list` shows it.");
        }

        if (Address is not null && !IsAddress(Address))
        {
            yield return new ValidationResult($"'address' is '{Address}': use HOST:PORT, such as hutch.example.org:{UsualPort}.");
        }
    }
}
