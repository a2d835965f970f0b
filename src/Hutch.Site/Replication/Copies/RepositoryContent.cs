namespace Hutch.Site.Replication.Copies;

/// <summary>The content of a copied dataset that came by git and git-annex.</summary>
/// <param name="Keys">Keys whose content the dataset keeps, some of which may be here already.</param>
internal sealed record RepositoryContent(TreeReference? Repository, IReadOnlyList<StoredKey> Keys);
