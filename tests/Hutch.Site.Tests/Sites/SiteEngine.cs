namespace Hutch.Site.Tests.Sites;

/// <summary>
/// On which engine these tests run: the embedded one. Hutch.Engines.Tests runs them again with another class of this name.
/// </summary>
internal static class SiteEngine
{
    /// <summary>The options with the engine for a new site.</summary>
    public static ValueTask<SiteOptions> GiveAsync(SiteOptions options) => new(options);

    /// <summary>Puts the clock of the log forward: here it is the system's.</summary>
    public static ValueTask PassAsync(SiteOptions options, TimeSpan by) => ValueTask.CompletedTask;
}
