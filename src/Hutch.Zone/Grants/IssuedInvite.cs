using Hutch.Model.Zone;
using Hutch.Zone.Credentials;

namespace Hutch.Zone.Grants;

/// <summary>A new invite with its code, which is shown once.</summary>
/// <param name="Invite">The record.</param>
/// <param name="Code">The secret.</param>
public sealed record IssuedInvite(InviteRecord Invite, IssuedSecret Code);
