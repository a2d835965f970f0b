using Hutch.DataLad.Packs;
using Hutch.Site.Write.Repositories;

namespace Hutch.DataLad.Store;

/// <summary>A pack of a repository, on the local disk for as long as it is used.</summary>
internal sealed record OpenPack(PackIndex Index, Pack Pack, PackEntries Entries)
{
    /// <summary>Its path in the repository, without the ending.</summary>
    public string Path => $"{RepositoryLayout.PackFolder}pack-{Index.PackId}";
}
