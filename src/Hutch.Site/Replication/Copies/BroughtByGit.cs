using Hutch.Model.Records;

namespace Hutch.Site.Replication.Copies;

/// <summary>What git and git-annex brought of a dataset that is copied.</summary>
/// <param name="Repository">Refs and objects, as a tree; null when git brought none.</param>
/// <param name="Keys">Keys whose content the dataset keeps, of which some may be here already.</param>
internal sealed record BroughtByGit(TreeReference? Repository, IReadOnlyList<HeldKey> Keys);
