using Hutch.Model.Zone;

namespace Hutch.Zone.Changes;

/// <summary>The name of a dataset, and who it is shared with.</summary>
public sealed record SharedName(NameRecord Name, IReadOnlyList<GrantRecord> Grants);
