using Hutch.Datasets.Programs;
using Hutch.Datasets.Replication.Sites;

namespace Hutch.Datasets;

/// <summary>The way to programs at other sites, null for a server without them, and the key of this one.</summary>
public sealed record OtherSites(IStartHandOver? HandOver, ISiteSigner Signer);
