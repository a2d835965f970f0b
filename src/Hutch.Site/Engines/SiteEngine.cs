using Hutch.Storage;

namespace Hutch.Site.Engines;

/// <summary>What keeps a site: its log and its bytes.</summary>
internal sealed record SiteEngine(ISiteLog Log, ISiteBytes Bytes);
