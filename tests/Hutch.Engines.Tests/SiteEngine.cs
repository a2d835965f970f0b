using Hutch.Engines.Tests;

namespace Hutch.Site.Tests.Sites;

/// <summary>On which engine the tests of the site run here: the one that several servers share.</summary>
internal static class SiteEngine
{
    public static async ValueTask<SiteOptions> GiveAsync(SiteOptions options) =>
        options with { Engine = (await SharedEngines.MakeAsync()).Engine };
}
