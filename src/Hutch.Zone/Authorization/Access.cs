using Hutch.Model;
using Hutch.Model.Zone;

namespace Hutch.Zone.Authorization;

/// <summary>A granted request: the dataset as the zone knows it, and everything the caller may do with it.</summary>
/// <param name="Dataset">Name, owner and visibility.</param>
/// <param name="Rights">The caller's rights with all that they imply, apart from token scopes and roles.</param>
/// <param name="IsOwner">Whether the caller owns it, or manages the group that does.</param>
public readonly record struct Access(NameRecord Dataset, Rights Rights, bool IsOwner);
