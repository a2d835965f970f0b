using Hutch.Cluster.Engine;
using Hutch.Engines.Tests;

namespace Hutch.Site.Tests.Sites;

/// <summary>On which engine the tests of the site run here: the one that several servers share.</summary>
internal static class SiteEngine
{
    public static async ValueTask<SiteOptions> GiveAsync(SiteOptions options) =>
        options with { Engine = (await SharedEngines.MakeAsync()).Engine };

    /// <summary>Puts the clock of the log forward, which is PostgreSQL's.</summary>
    public static ValueTask PassAsync(SiteOptions options, TimeSpan by) =>
        SharedEngines.PassAsync((ClusterEngineFactory)options.Engine!, by);
}
