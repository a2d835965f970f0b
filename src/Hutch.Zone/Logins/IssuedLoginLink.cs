using Hutch.Model.Zone;
using Hutch.Zone.Credentials;

namespace Hutch.Zone.Logins;

/// <summary>A new one-time link with its code, which is shown once.</summary>
/// <param name="Link">The record.</param>
/// <param name="Code">The secret.</param>
public sealed record IssuedLoginLink(LoginLinkRecord Link, IssuedSecret Code);
