using System.Globalization;

namespace Hutch.Datasets.Sites;

/// <summary>What reads a dataset.</summary>
/// <param name="Services">Everything that can be done with it there.</param>
/// <param name="Age">How long ago its home said that it is like this; null at the home, and for what does not change any more.</param>
public sealed record ReadPlace(AuthorizedServices Services, TimeSpan? Age)
{
    /// <summary>The age as a header says it (RFC 9111, section 5.1): whole seconds.</summary>
    public string? AgeHeader => Age is { } age ? Math.Max(0, (long)age.TotalSeconds).ToString(CultureInfo.InvariantCulture) : null;
}
