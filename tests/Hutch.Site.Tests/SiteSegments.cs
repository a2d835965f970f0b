using Hutch.Site.Engines.Segments;
using Hutch.Storage.Segments;

namespace Hutch.Site.Tests;

/// <summary>The segments behind a site, for tests that look into them or damage them.</summary>
internal static class SiteSegments
{
    extension(SiteServices site)
    {
        /// <summary>The store of the site's engine.</summary>
        public SegmentStore Segments => ((SegmentEngine)site.Engine).Segments;
    }
}
